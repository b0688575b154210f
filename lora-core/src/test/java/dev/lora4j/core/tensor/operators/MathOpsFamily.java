package dev.lora4j.core.tensor.operators;

import static dev.lora4j.core.tensor.operators.ElementwiseCases.golden;
import static dev.lora4j.core.tensor.operators.ElementwiseCases.unary;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.MathOps;
import java.util.List;

/** Elementary functions. */
final class MathOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return MathOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        unary("exp()", -2, 2, Expr::exp),
        unary("expm1()", -2, 2, Expr::expm1),
        unary("exp2()", -2, 2, Expr::exp2),
        unary("log()", 0.1, 3, Expr::log),
        unary("log1p()", -0.9, 3, Expr::log1p),
        unary("log2()", 0.1, 3, Expr::log2),
        unary("sqrt()", 0.1, 3, Expr::sqrt),
        unary("rsqrt()", 0.1, 3, Expr::rsqrt),
        unary("sin()", -4, 4, Expr::sin),
        unary("cos()", -4, 4, Expr::cos),
        unary("tan()", -1.2, 1.2, Expr::tan),
        unary("asin()", -0.9, 0.9, Expr::asin),
        unary("acos()", -0.9, 0.9, Expr::acos),
        unary("atan()", -3, 3, Expr::atan),
        unary("sinh()", -2, 2, Expr::sinh),
        unary("cosh()", -2, 2, Expr::cosh),
        unary("erf()", -2, 2, Expr::erf),
        unary("erfc()", -2, 2, Expr::erfc),
        unary("erfinv()", -0.9, 0.9, Expr::erfinv),
        Row.of("atan2(Expr)", g -> g.between(0.5, 2, 3, 2).atan2(g.reals(3, 1))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden("exp()", "exp", x -> x.exp()),
        golden("expm1()", "expm1", x -> x.expm1()),
        golden("exp2()", "exp2", x -> x.exp2()),
        golden("log()", "log", x -> x.log()),
        golden("log1p()", "log1p", x -> x.log1p()),
        golden("log2()", "log2", x -> x.log2()),
        golden("sqrt()", "sqrt", x -> x.sqrt()),
        golden("rsqrt()", "rsqrt", x -> x.rsqrt()),
        golden("sin()", "sin", x -> x.sin()),
        golden("cos()", "cos", x -> x.cos()),
        golden("tan()", "tan", x -> x.tan()),
        golden("asin()", "asin", x -> x.asin()),
        golden("acos()", "acos", x -> x.acos()),
        golden("atan()", "atan", x -> x.atan()),
        golden("sinh()", "sinh", x -> x.sinh()),
        golden("cosh()", "cosh", x -> x.cosh()),
        golden("erf()", "erf", x -> x.erf()),
        golden("erfc()", "erfc", x -> x.erfc()),
        golden("erfinv()", "erfinv", x -> x.erfinv()),
        Golden.of("atan2(Expr)", "atan2", in -> in.apply("y").atan2(in.apply("x"))));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("exp()", g -> g.indices(3, 2).exp(), "F16, BF16, F32 or F64", "I64 [2]"),
        new Refusal(
            "atan2(Expr)",
            g -> g.reals(2).atan2(g.reals(3)),
            "shapes that broadcast",
            "[2] and [3]"));
  }
}
