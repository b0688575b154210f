package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.mix.SiteMix;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Compares written parameters with their expected values. A weight is multiplied with random
 * vectors, and the products must be those of the base's weight and of the adapter's unmerged
 * factors, up to the error that rounding explains.
 */
final class BakeVerification {
  private static final int VECTORS = 4;

  /** Errors of normal products scatter; this many times their expected norm is no accident. */
  private static final double SCATTER = 6;

  /** Relative tolerance for F32 sums in another order. */
  private static final double ORDER = 1e-4;

  private final Program product;
  private final Program apart;

  /** Compiles its programs in {@code scope}. */
  BakeVerification(Scope scope) {
    Shape matrix = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Graph first = new Graph();
    Expr weight = first.input("weight", DType.F32, matrix);
    product = first.inference(scope, List.of(weight.matmul(first.input("x", DType.F32, matrix))));
    Graph second = new Graph();
    Expr a = second.input("a", DType.F32, matrix).to(DType.F64);
    Expr b = second.input("b", DType.F32, matrix).to(DType.F64);
    Expr difference = a.sub(b);
    apart =
        second.inference(
            scope, List.of(difference.mul(difference).sum().sqrt(), b.mul(b).sum().sqrt()));
  }

  /**
   * Compares.
   *
   * @param base the parameter of the base
   * @param written what was read again from the new file
   * @param rounding Frobenius norm of the parameter's rounding
   * @return the relative error
   * @throws BakeException if it is more than rounding explains
   */
  double check(
      Scope work,
      SiteMix mix,
      LayerParameter target,
      Tensor base,
      HostTensor written,
      double rounding) {
    Tensor found = written.on(work, DType.F32);
    Tensor expected;
    double allowed = SCATTER * rounding;
    if (target == LayerParameter.WEIGHT && base.shape().rank() > 1) {
      Tensor x = vectors(work, mix);
      Shape matrix = Shape.of(mix.site().out(), mix.site().rest());
      found = product.run(work, found.view(work, 0, matrix), x).get(0);
      expected = mix.products(work, base, x);
      allowed *= Math.sqrt(VECTORS);
    } else {
      Shape row = Shape.of(1, base.shape().elements());
      found = found.view(work, 0, row);
      expected = mix.sum(work, target, base).view(work, 0, row);
    }
    List<Tensor> norms = apart.run(work, found, expected);
    double error = HostTensor.of(norms.get(0)).doubles()[0];
    double size = HostTensor.of(norms.get(1)).doubles()[0];
    if (!(error <= allowed + ORDER * size)) {
      throw new BakeException(
          String.format(
              Locale.ROOT,
              "The %s of %s came out wrong: its products with random vectors are %.2e of their"
                  + " size from those of the base with its adapters beside it, and rounding"
                  + " explains %.2e. Nothing was written; please report this.",
              target.parameter(),
              mix.site().name(),
              error / size,
              allowed / size + ORDER));
    }
    return size == 0 ? 0 : error / size;
  }

  private static Tensor vectors(Scope work, SiteMix mix) {
    Random random = new Random(mix.site().name().hashCode());
    float[] values = new float[Math.toIntExact(mix.site().rest() * VECTORS)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(work, Shape.of(mix.site().rest(), VECTORS), values);
  }
}
