package dev.lora4j.core.tensor;

/** Stages operators whose result is BOOL. */
final class Logic {
  private Logic() {}

  static Expr compare(String operator, Expr x, Expr other) {
    Preconditions.oneType(operator, x, other);
    return x.graph().call(operator, DType.BOOL, Broadcast.of(operator, x, other), x, other);
  }

  static Expr compare(String operator, Expr x, double value) {
    Preconditions.numeric(operator, x);
    boolean whole = Double.isFinite(value) && value == Math.rint(value);
    Object constant = whole ? Preconditions.constant(operator, x, value) : value;
    return x.graph().call(operator, DType.BOOL, x.shape(), x, constant);
  }

  static Expr combine(String operator, Expr x, Expr other) {
    Preconditions.type(operator, DType.BOOL, x);
    return compare(operator, x, other);
  }

  static Expr test(String operator, Expr x) {
    return x.graph().call(operator, DType.BOOL, x.shape(), x);
  }
}
