package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.full.BiasMethod;
import dev.lora4j.core.adapter.full.DiffMethod;
import dev.lora4j.core.adapter.lokr.LokrMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.HostTensor;
import java.util.OptionalDouble;

/**
 * The Frobenius norm of the change that factors make at weight 1, without the change and without an
 * engine: for a product of two factors by their Gram matrices, {@code |BA|^2 = sum of (B^T B) o (A
 * A^T)}; for a Kronecker product of whole parts the product of their norms.
 */
public final class DeltaNorm {
  private DeltaNorm() {}

  /**
   * The norm; empty for methods whose change depends on the weight, and for those whose norm is no
   * function of small matrices.
   */
  public static OptionalDouble of(Factors factors) {
    AdapterMethod method = Methods.named(factors.method());
    if (!(method instanceof AdditiveMethod additive)) {
      return OptionalDouble.empty();
    }
    double scale = Math.abs(additive.scale(factors.structure()) * scalar(factors));
    return switch (factors.method()) {
      case LoraMethod.NAME ->
          factors.tensors().containsKey(LoraMethod.MID)
              ? OptionalDouble.empty()
              : OptionalDouble.of(scale * product(factors));
      case LokrMethod.NAME ->
          factors.tensors().containsKey("lokr_w1") && factors.tensors().containsKey("lokr_w2")
              ? OptionalDouble.of(scale * norm(factors, "lokr_w1") * norm(factors, "lokr_w2"))
              : OptionalDouble.empty();
      case DiffMethod.NAME -> OptionalDouble.of(norm(factors, DiffMethod.NAME));
      case BiasMethod.NAME -> OptionalDouble.of(scale * norm(factors, "diff_b"));
      default -> OptionalDouble.empty();
    };
  }

  /** Multiplications that {@link #of} takes. */
  public static long cost(Factors factors) {
    if (!factors.method().equals(LoraMethod.NAME)) {
      return factors.elements();
    }
    return factors.elements() * factors.tensor(LoraMethod.DOWN).shape().size(0);
  }

  private static double scalar(Factors factors) {
    HostTensor scalar = factors.tensors().get(Alpha.SCALAR);
    return scalar == null ? 1 : scalar.doubles()[0];
  }

  private static double norm(Factors factors, String role) {
    double sum = 0;
    for (double value : factors.tensor(role).doubles()) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static double product(Factors factors) {
    HostTensor down = factors.tensor(LoraMethod.DOWN);
    int rank = Math.toIntExact(down.shape().size(0));
    double[] left = gram(factors.tensor(LoraMethod.UP).doubles(), rank);
    double[] right = gram(transposed(down.doubles(), rank), rank);
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return Math.sqrt(Math.max(0, sum));
  }

  /** [rank, n] as [n, rank]. */
  private static double[] transposed(double[] values, int rank) {
    int columns = values.length / rank;
    double[] result = new double[values.length];
    for (int r = 0; r < rank; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * rank + r] = values[r * columns + c];
      }
    }
    return result;
  }

  /** {@code X^T X} of [n, rank]; the inner loop runs over neighbours, which a processor likes. */
  private static double[] gram(double[] values, int rank) {
    double[] gram = new double[rank * rank];
    for (int row = 0; row < values.length; row += rank) {
      for (int i = 0; i < rank; i++) {
        double left = values[row + i];
        int to = i * rank;
        for (int j = 0; j < rank; j++) {
          gram[to + j] += left * values[row + j];
        }
      }
    }
    return gram;
  }
}
