package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.full.BiasMethod;
import dev.lora4j.core.adapter.full.DiffMethod;
import dev.lora4j.core.adapter.loha.LohaMethod;
import dev.lora4j.core.adapter.lokr.LokrMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The Frobenius norm of the change that factors make at weight 1, without the change and without an
 * engine: for a product of two factors by their Gram matrices, {@code |BA|^2 = sum of (B^T B) o (A
 * A^T)}; for an element by element product likewise, or row by row; for a Kronecker product the
 * product of the norms of its parts.
 */
public final class DeltaNorm {
  private DeltaNorm() {}

  /**
   * The norm; empty for methods whose change depends on the weight, and for single elements, as
   * those may be elements that other factors at the site change too.
   */
  public static OptionalDouble of(Factors stored) {
    Factors factors = Methods.lora(stored);
    AdapterMethod method = Methods.named(factors.method());
    if (!(method instanceof AdditiveMethod additive)) {
      return OptionalDouble.empty();
    }
    double scale = Math.abs(additive.scale(factors.structure()) * scalar(factors));
    return switch (factors.method()) {
      case LoraMethod.NAME -> OptionalDouble.of(scale * lora(factors).norm());
      case LohaMethod.NAME ->
          OptionalDouble.of(scale * half(factors, 1).normTimes(half(factors, 2)));
      case LokrMethod.NAME -> OptionalDouble.of(scale * part(factors, 1) * part(factors, 2));
      case DiffMethod.NAME -> OptionalDouble.of(norm(factors, DiffMethod.NAME));
      case BiasMethod.NAME -> OptionalDouble.of(scale * norm(factors, "diff_b"));
      default -> OptionalDouble.empty();
    };
  }

  /** Multiplications that {@link #of} takes. */
  public static long cost(Factors factors) {
    return switch (factors.method()) {
      case LoraMethod.NAME, AdaloraMethod.NAME -> lora(factors).cost();
      case LohaMethod.NAME -> half(factors, 1).costTimes(half(factors, 2));
      case LokrMethod.NAME -> partCost(factors, 1) + partCost(factors, 2);
      default -> factors.elements();
    };
  }

  private static FactorPair lora(Factors factors) {
    return new FactorPair(
        factors.tensor(LoraMethod.UP),
        false,
        factors.tensor(LoraMethod.DOWN),
        find(factors, LoraMethod.MID));
  }

  private static FactorPair half(Factors factors, int number) {
    return pair(factors, "hada_w" + number, "hada_t" + number);
  }

  /** With a core the left factor is stored as [rank, out]. */
  private static FactorPair pair(Factors factors, String name, String core) {
    Optional<HostTensor> between = find(factors, core);
    return new FactorPair(
        factors.tensor(name + "_a"), between.isPresent(), factors.tensor(name + "_b"), between);
  }

  /** The norm of one part of a Kronecker product, which is stored whole or as a product. */
  private static double part(Factors factors, int number) {
    String name = "lokr_w" + number;
    return factors.tensors().containsKey(name)
        ? norm(factors, name)
        : pair(factors, name, "lokr_t" + number).norm();
  }

  private static long partCost(Factors factors, int number) {
    String name = "lokr_w" + number;
    return find(factors, name)
        .map(whole -> whole.shape().elements())
        .orElseGet(() -> pair(factors, name, "lokr_t" + number).cost());
  }

  private static Optional<HostTensor> find(Factors factors, String role) {
    return Optional.ofNullable(factors.tensors().get(role));
  }

  private static double scalar(Factors factors) {
    return find(factors, Alpha.SCALAR).map(scalar -> scalar.doubles()[0]).orElse(1.0);
  }

  private static double norm(Factors factors, String role) {
    double sum = 0;
    for (double value : factors.tensor(role).doubles()) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}
