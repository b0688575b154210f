package dev.lora4j.core.tensor;

/** Element by element operators of {@link Expr}, with NumPy's broadcasting. */
public interface Arithmetic {
  /** The value operated on. */
  Expr self();

  /** Sum. */
  default Expr add(Expr other) {
    return binary("add", other);
  }

  /** Sum with a constant. */
  default Expr add(double value) {
    return unary("add", value, 1);
  }

  /** Difference. */
  default Expr sub(Expr other) {
    return binary("sub", other);
  }

  /** Product. */
  default Expr mul(Expr other) {
    return binary("mul", other);
  }

  /** Product with a constant. */
  default Expr mul(double value) {
    return unary("mul", value);
  }

  /** Quotient. */
  default Expr div(Expr other) {
    return binary("div", other);
  }

  /** Greater of the two. */
  default Expr maximum(Expr other) {
    return binary("maximum", other);
  }

  /** Lesser of the two. */
  default Expr minimum(Expr other) {
    return binary("minimum", other);
  }

  /** Negation. */
  default Expr neg() {
    return unary("neg");
  }

  /** Absolute value. */
  default Expr abs() {
    return unary("abs");
  }

  /** e to this power. */
  default Expr exp() {
    return unary("exp");
  }

  /** Natural logarithm. */
  default Expr log() {
    return unary("log");
  }

  /** Sine. */
  default Expr sin() {
    return unary("sin");
  }

  /** Cosine. */
  default Expr cos() {
    return unary("cos");
  }

  /** Square root. */
  default Expr sqrt() {
    return unary("sqrt");
  }

  /** Reciprocal square root. */
  default Expr rsqrt() {
    return unary("rsqrt");
  }

  /** Reciprocal. */
  default Expr reciprocal() {
    return unary("reciprocal");
  }

  /** This to a constant power. */
  default Expr pow(double exponent) {
    return unary("pow", exponent);
  }

  /** Each element limited to {@code [low, high]}. */
  default Expr clamp(double low, double high) {
    return unary("clamp", low, high);
  }

  /** Whether each element is neither infinite nor NaN; BOOL. */
  default Expr isFinite() {
    Expr x = self();
    return x.graph().call("isfinite", DType.BOOL, x.shape(), x);
  }

  /** This where {@code condition} (BOOL) holds, else {@code other}. */
  default Expr where(Expr condition, Expr other) {
    Expr x = self();
    requireSame("where", x, other);
    Shape shape = Broadcast.of("where", condition, x, other);
    return x.graph().call("where", x.dtype(), shape, condition, x, other);
  }

  private Expr unary(String operator, Object... rest) {
    Expr x = self();
    Object[] arguments = new Object[rest.length + 1];
    arguments[0] = x;
    System.arraycopy(rest, 0, arguments, 1, rest.length);
    return x.graph().call(operator, x.dtype(), x.shape(), arguments);
  }

  private Expr binary(String operator, Expr other) {
    Expr x = self();
    requireSame(operator, x, other);
    return x.graph().call(operator, x.dtype(), Broadcast.of(operator, x, other), x, other);
  }

  private static void requireSame(String operator, Expr x, Expr other) {
    if (x.dtype() != other.dtype()) {
      throw Mismatch.of(operator, x, "operands of one type", x.dtype() + " and " + other.dtype());
    }
  }
}
