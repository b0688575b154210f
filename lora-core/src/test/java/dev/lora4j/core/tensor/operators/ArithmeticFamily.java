package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Arithmetic;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Element by element operators. */
final class ArithmeticFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Arithmetic.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        binary("add(Expr)", Expr::add),
        binary("sub(Expr)", Expr::sub),
        binary("mul(Expr)", Expr::mul),
        Row.of("div(Expr)", g -> g.reals(3, 2).div(g.between(0.5, 2, 3, 1))),
        binary("maximum(Expr)", Expr::maximum),
        binary("minimum(Expr)", Expr::minimum),
        Row.of("add(double)", g -> g.reals(g.sizes(0, 3)).add(g.number(-2, 2))),
        Row.of("mul(double)", g -> g.reals(g.sizes(0, 3)).mul(g.number(-2, 2))),
        unary("neg()", -2, 2, Expr::neg),
        unary("abs()", -2, 2, Expr::abs),
        unary("exp()", -2, 2, Expr::exp),
        unary("log()", 0.1, 3, Expr::log),
        unary("sin()", -4, 4, Expr::sin),
        unary("cos()", -4, 4, Expr::cos),
        unary("sqrt()", 0.1, 3, Expr::sqrt),
        unary("rsqrt()", 0.1, 3, Expr::rsqrt),
        unary("reciprocal()", 0.2, 3, Expr::reciprocal),
        unary("pow(double)", 0.1, 3, x -> x.pow(1.5)),
        unary("pow(double)", -2, 2, x -> x.pow(3)),
        unary("clamp(double, double)", -2, 2, x -> x.clamp(-1, 0.5)),
        Row.flat("isFinite()", g -> g.reals(g.sizes(0, 3)).isFinite()),
        Row.of(
            "where(Expr, Expr)",
            g -> {
              long[] sizes = g.sizes(1, 3);
              Expr condition = g.flags(g.broadcasting(sizes));
              return g.reals(sizes).where(condition, g.reals(g.broadcasting(sizes)));
            }));
  }

  /** Two operands that broadcast, either of them the smaller. */
  private static Row binary(String method, BinaryOperator<Expr> operator) {
    return Row.of(
        method,
        g -> {
          long[] sizes = g.sizes(0, 3);
          Expr a = g.reals(sizes);
          Expr b = g.reals(g.broadcasting(sizes));
          return g.flag() ? operator.apply(a, b) : operator.apply(b, a);
        });
  }

  private static Row unary(String method, double low, double high, UnaryOperator<Expr> operator) {
    return Row.of(method, g -> operator.apply(g.between(low, high, g.sizes(0, 3))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("add(Expr)", "add", in -> in.apply("a").add(in.apply("b"))),
        Golden.of("sub(Expr)", "sub", in -> in.apply("a").sub(in.apply("b"))),
        Golden.of("mul(Expr)", "mul", in -> in.apply("a").transpose(0, 1).mul(in.apply("b"))),
        Golden.of("div(Expr)", "div", in -> in.apply("a").div(in.apply("b"))),
        Golden.of("maximum(Expr)", "maximum", in -> in.apply("a").maximum(in.apply("b"))),
        Golden.of("minimum(Expr)", "minimum", in -> in.apply("a").minimum(in.apply("b"))),
        Golden.of("add(double)", "add_number", in -> in.apply("x").add(0.1)),
        Golden.of("mul(double)", "mul_number", in -> in.apply("x").mul(1.0 / 3)),
        special("neg()", "neg", Expr::neg),
        special("abs()", "abs", Expr::abs),
        special("exp()", "exp", Expr::exp),
        special("log()", "log", Expr::log),
        special("sin()", "sin", Expr::sin),
        special("cos()", "cos", Expr::cos),
        special("sqrt()", "sqrt", Expr::sqrt),
        special("rsqrt()", "rsqrt", Expr::rsqrt),
        special("reciprocal()", "reciprocal", Expr::reciprocal),
        special("pow(double)", "pow", x -> x.pow(0.5)),
        special("clamp(double, double)", "clamp", x -> x.clamp(-1, 0.25)),
        special("isFinite()", "isfinite", Expr::isFinite),
        Golden.of(
            "where(Expr, Expr)",
            "where",
            in -> in.apply("a").where(in.apply("condition"), in.apply("b"))));
  }

  /** On numbers among which are zeros of both signs, infinities and no number. */
  private static Golden special(String method, String name, UnaryOperator<Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x")));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "add(Expr)",
            g -> g.reals(2, 3).add(g.reals(2, 4)),
            "shapes that broadcast",
            "[2, 3] and [2, 4]"),
        new Refusal(
            "mul(Expr)",
            g -> g.reals(2).mul(g.reals(2).to(DType.F32)),
            "operands of one type",
            "F64 and F32"),
        new Refusal(
            "where(Expr, Expr)",
            g -> g.reals(2).where(g.flags(3), g.reals(2)),
            "shapes that broadcast",
            "[3] and [2] and [2]"));
  }
}
