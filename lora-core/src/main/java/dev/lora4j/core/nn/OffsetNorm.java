package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Root mean square normalisation with a scale of 1 and the weight, formed in F32 or wider.
 *
 * @param epsilon is added to the mean square
 */
record OffsetNorm(double epsilon) implements SiteLayer.Formula {
  @Override
  public Expr apply(Expr x, Expr weight, Optional<Expr> bias) {
    return norm(x, weight.to(wide(x)).add(1));
  }

  @Override
  public SiteLayer.Formula linear() {
    return (x, weight, bias) -> norm(x, weight.to(wide(x)));
  }

  private Expr norm(Expr x, Expr scale) {
    return x.to(wide(x)).rmsNorm(scale, epsilon).to(x.dtype());
  }

  private static DType wide(Expr x) {
    return x.dtype().bits() < DType.F32.bits() ? DType.F32 : x.dtype();
  }
}
