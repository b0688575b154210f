package dev.lora4j.core.tensor;

/** Stages operators that work element by element and keep the type. */
final class Elementwise {
  private Elementwise() {}

  /** An operator of one tensor of a type that is computed in, with what else it takes. */
  static Expr unary(String operator, Expr x, Object... rest) {
    Preconditions.numeric(operator, x);
    Object[] arguments = new Object[rest.length + 1];
    arguments[0] = x;
    System.arraycopy(rest, 0, arguments, 1, rest.length);
    return x.graph().call(operator, x.dtype(), x.shape(), arguments);
  }

  /** {@link #unary} that is defined for floating-point numbers alone. */
  static Expr function(String operator, Expr x, Object... rest) {
    Preconditions.floating(operator, x);
    return unary(operator, x, rest);
  }

  /** An operator of two tensors of one type, which broadcast. */
  static Expr binary(String operator, Expr x, Expr other, Object... rest) {
    Preconditions.numeric(operator, x);
    Preconditions.oneType(operator, x, other);
    Object[] arguments = new Object[rest.length + 2];
    arguments[0] = x;
    arguments[1] = other;
    System.arraycopy(rest, 0, arguments, 2, rest.length);
    Shape shape = Broadcast.of(operator, x, other);
    return x.graph().call(operator, x.dtype(), shape, arguments);
  }
}
