package dev.lora4j.core.tensor;

/**
 * Elementary functions of {@link Expr}, element by element, of floating-point numbers. Outside of
 * where a function is defined the result is NaN.
 */
public interface MathOps {
  /** The value operated on. */
  Expr self();

  /** e to this power. */
  default Expr exp() {
    return Elementwise.function("exp", self());
  }

  /** {@code exp(x) - 1}, precise near 0. */
  default Expr expm1() {
    return Elementwise.function("expm1", self());
  }

  /** 2 to this power. */
  default Expr exp2() {
    return Elementwise.function("exp2", self());
  }

  /** Natural logarithm. */
  default Expr log() {
    return Elementwise.function("log", self());
  }

  /** {@code log(1 + x)}, precise near 0. */
  default Expr log1p() {
    return Elementwise.function("log1p", self());
  }

  /** Logarithm to base 2. */
  default Expr log2() {
    return Elementwise.function("log2", self());
  }

  /** Square root. */
  default Expr sqrt() {
    return Elementwise.function("sqrt", self());
  }

  /** Reciprocal square root. */
  default Expr rsqrt() {
    return Elementwise.function("rsqrt", self());
  }

  /** Sine of an angle in radians. */
  default Expr sin() {
    return Elementwise.function("sin", self());
  }

  /** Cosine of an angle in radians. */
  default Expr cos() {
    return Elementwise.function("cos", self());
  }

  /** Tangent of an angle in radians. */
  default Expr tan() {
    return Elementwise.function("tan", self());
  }

  /** Angle in radians, from -pi/2 to pi/2, with this sine. */
  default Expr asin() {
    return Elementwise.function("asin", self());
  }

  /** Angle in radians, from 0 to pi, with this cosine. */
  default Expr acos() {
    return Elementwise.function("acos", self());
  }

  /** Angle in radians, from -pi/2 to pi/2, with this tangent. */
  default Expr atan() {
    return Elementwise.function("atan", self());
  }

  /** Angle in radians, from -pi to pi, of the point with this height at {@code x}. */
  default Expr atan2(Expr x) {
    Preconditions.floating("atan2", self());
    return Elementwise.binary("atan2", self(), x);
  }

  /** Hyperbolic sine. */
  default Expr sinh() {
    return Elementwise.function("sinh", self());
  }

  /** Hyperbolic cosine. */
  default Expr cosh() {
    return Elementwise.function("cosh", self());
  }

  /** Error function, {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to x. */
  default Expr erf() {
    return Elementwise.function("erf", self());
  }

  /** {@code 1 - erf(x)}, precise where erf is near 1. */
  default Expr erfc() {
    return Elementwise.function("erfc", self());
  }

  /** Inverse of {@link #erf}, of numbers between -1 and 1. */
  default Expr erfinv() {
    return Elementwise.function("erfinv", self());
  }
}
