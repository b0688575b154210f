package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Expr;

/** Powers of the constants of an optimizer. */
final class Powers {
  private Powers() {}

  /** {@code base} to the power of a scalar F64. */
  static Expr of(double base, Expr exponent) {
    return exponent.graph().constant(base, exponent.dtype()).pow(exponent);
  }
}
