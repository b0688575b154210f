package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Rows and goldens of operators that work element by element. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  /** Two operands that broadcast, either of them the smaller. */
  static Row binary(String method, BinaryOperator<Expr> operator) {
    return Row.of(
        method,
        g -> {
          long[] sizes = g.sizes(0, 3);
          Expr a = g.reals(sizes);
          Expr b = g.reals(g.broadcasting(sizes));
          return g.flag() ? operator.apply(a, b) : operator.apply(b, a);
        });
  }

  /** One operand with elements from {@code low} to {@code high}. */
  static Row unary(String method, double low, double high, UnaryOperator<Expr> operator) {
    return Row.of(method, g -> operator.apply(g.between(low, high, g.sizes(0, 3))));
  }

  /** One operand, and no gradient. */
  static Row flat(String method, UnaryOperator<Expr> operator) {
    return Row.flat(method, g -> operator.apply(g.reals(g.sizes(0, 3))));
  }

  /** A golden of one input, {@code x}. */
  static Golden golden(String method, String name, UnaryOperator<Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x")));
  }

  /** A golden of two inputs, {@code a} and {@code b}. */
  static Golden golden(String method, String name, BinaryOperator<Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("a"), in.apply("b")));
  }
}
