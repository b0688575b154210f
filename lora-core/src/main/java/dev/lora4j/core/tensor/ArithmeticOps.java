package dev.lora4j.core.tensor;

/**
 * Element by element arithmetic of {@link Expr}, with NumPy's broadcasting. Operands have one type,
 * which is the result's; neither BOOL nor a float of 8 bits. Constants in operations with whole
 * numbers are whole.
 */
public interface ArithmeticOps {
  /** The value operated on. */
  Expr self();

  /** Sum. */
  default Expr add(Expr other) {
    return Elementwise.binary("add", self(), other);
  }

  /** Sum with a constant. */
  default Expr add(double value) {
    return Elementwise.unary("add", self(), Preconditions.constant("add", self(), value), 1);
  }

  /** Difference. */
  default Expr sub(Expr other) {
    return Elementwise.binary("sub", self(), other);
  }

  /** Difference to a constant. */
  default Expr sub(double value) {
    return Elementwise.unary("sub", self(), Preconditions.constant("sub", self(), value), 1);
  }

  /** Product. */
  default Expr mul(Expr other) {
    return Elementwise.binary("mul", self(), other);
  }

  /** Product with a constant. */
  default Expr mul(double value) {
    return Elementwise.unary("mul", self(), Preconditions.constant("mul", self(), value));
  }

  /** Quotient of floating-point numbers. */
  default Expr div(Expr other) {
    Preconditions.floating("div", self());
    return Elementwise.binary("div", self(), other);
  }

  /** Quotient of floating-point numbers and a constant. */
  default Expr div(double value) {
    return Elementwise.function("div", self(), value);
  }

  /** Quotient rounded towards minus infinity. */
  default Expr floorDiv(Expr other) {
    Keyword floor = Keyword.of("rounding_mode", "floor");
    return Elementwise.binary("div", self(), other, floor);
  }

  /** Quotient by a constant, rounded towards minus infinity. */
  default Expr floorDiv(double value) {
    Keyword floor = Keyword.of("rounding_mode", "floor");
    return Elementwise.unary(
        "div", self(), Preconditions.constant("floor_div", self(), value), floor);
  }

  /** Remainder of {@link #floorDiv(Expr)}, with the sign of the divisor. */
  default Expr remainder(Expr divisor) {
    return Elementwise.binary("remainder", self(), divisor);
  }

  /** Remainder of {@link #floorDiv(double)}, with the sign of the divisor. */
  default Expr remainder(double divisor) {
    Object constant = Preconditions.constant("remainder", self(), divisor);
    return Elementwise.unary("remainder", self(), constant);
  }

  /** Greater of the two; NaN if one is. Between equals the gradient is halved. */
  default Expr maximum(Expr other) {
    return Elementwise.binary("maximum", self(), other);
  }

  /** Lesser of the two; NaN if one is. Between equals the gradient is halved. */
  default Expr minimum(Expr other) {
    return Elementwise.binary("minimum", self(), other);
  }

  /** Elements limited to {@code [low, high]}; NaN stays. No gradient passes outside. */
  default Expr clamp(double low, double high) {
    Object least = Preconditions.constant("clamp", self(), low);
    return Elementwise.unary("clamp", self(), least, Preconditions.constant("clamp", self(), high));
  }

  /** Elements limited to at least {@code low}; NaN stays. */
  default Expr clampMin(double low) {
    return Elementwise.unary("clamp_min", self(), Preconditions.constant("clamp_min", self(), low));
  }

  /** Elements limited to at most {@code high}; NaN stays. */
  default Expr clampMax(double high) {
    return Elementwise.unary(
        "clamp_max", self(), Preconditions.constant("clamp_max", self(), high));
  }

  /** Negation. */
  default Expr neg() {
    return Elementwise.unary("neg", self());
  }

  /** Absolute value; its gradient at 0 is 0. */
  default Expr abs() {
    return Elementwise.unary("abs", self());
  }

  /** -1, 0 or 1, of the same type. */
  default Expr sign() {
    return Elementwise.unary("sign", self());
  }

  /** Rounded towards minus infinity. */
  default Expr floor() {
    return Elementwise.unary("floor", self());
  }

  /** Rounded towards plus infinity. */
  default Expr ceil() {
    return Elementwise.unary("ceil", self());
  }

  /** Rounded to the nearest whole number, halves to the even one. */
  default Expr round() {
    return Elementwise.unary("round", self());
  }

  /** Rounded towards zero. */
  default Expr trunc() {
    return Elementwise.unary("trunc", self());
  }

  /** Reciprocal. */
  default Expr reciprocal() {
    return Elementwise.function("reciprocal", self());
  }

  /** Power with a constant exponent. Whole numbers take whole powers from 0 on. */
  default Expr pow(double exponent) {
    Object constant = Preconditions.constant("pow", self(), exponent);
    if (constant instanceof Long && exponent < 0) {
      throw Mismatch.of("pow", self(), "a power of 0 or more", Double.toString(exponent));
    }
    return Elementwise.unary("pow", self(), constant);
  }

  /** Power with exponent {@code exponent}, both floating-point. */
  default Expr pow(Expr exponent) {
    Preconditions.floating("pow", self());
    return Elementwise.binary("pow", self(), exponent);
  }

  /** Linear interpolation to {@code end} by {@code weight}. */
  default Expr lerp(Expr end, double weight) {
    Preconditions.floating("lerp", self());
    return Elementwise.binary("lerp", self(), end, weight);
  }

  /** {@link #lerp(Expr, double)} with a weight for each element; all three broadcast. */
  default Expr lerp(Expr end, Expr weight) {
    Expr x = self();
    Preconditions.floating("lerp", x);
    Preconditions.oneType("lerp", x, end, weight);
    Shape shape = Broadcast.of("lerp", x, end, weight);
    return x.graph().call("lerp", x.dtype(), shape, x, end, weight);
  }
}
