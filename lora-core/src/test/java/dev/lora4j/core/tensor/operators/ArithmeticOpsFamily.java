package dev.lora4j.core.tensor.operators;

import static dev.lora4j.core.tensor.operators.ElementwiseCases.binary;
import static dev.lora4j.core.tensor.operators.ElementwiseCases.flat;
import static dev.lora4j.core.tensor.operators.ElementwiseCases.golden;
import static dev.lora4j.core.tensor.operators.ElementwiseCases.unary;

import dev.lora4j.core.tensor.ArithmeticOps;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Element by element arithmetic. */
final class ArithmeticOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return ArithmeticOps.class;
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
        Row.flat("add(double)", g -> g.indices(9, g.sizes(0, 3)).add(g.size(-2, 2))),
        Row.of("sub(double)", g -> g.reals(g.sizes(0, 3)).sub(g.number(-2, 2))),
        Row.of("mul(double)", g -> g.reals(g.sizes(0, 3)).mul(g.number(-2, 2))),
        Row.of("div(double)", g -> g.reals(g.sizes(0, 3)).div(g.number(1, 2))),
        Row.flat("floorDiv(Expr)", g -> g.reals(3, 2).floorDiv(g.between(0.5, 2, 3, 1))),
        Row.flat("floorDiv(double)", g -> g.indices(9, g.sizes(0, 3)).floorDiv(g.size(1, 4))),
        Row.of("remainder(Expr)", g -> g.between(3, 4, 3, 2).remainder(g.between(1.1, 1.4, 3, 1))),
        Row.of("remainder(double)", g -> g.between(3.1, 5.9, g.sizes(0, 3)).remainder(-3)),
        Row.flat("remainder(double)", g -> g.indices(9, g.sizes(0, 3)).remainder(g.size(1, 4))),
        unary("neg()", -2, 2, Expr::neg),
        unary("abs()", -2, 2, Expr::abs),
        flat("sign()", Expr::sign),
        flat("floor()", Expr::floor),
        flat("ceil()", Expr::ceil),
        flat("round()", Expr::round),
        flat("trunc()", Expr::trunc),
        unary("reciprocal()", 0.2, 3, Expr::reciprocal),
        unary("pow(double)", 0.1, 3, x -> x.pow(1.5)),
        unary("pow(double)", -2, 2, x -> x.pow(3)),
        Row.flat("pow(double)", g -> g.indices(9, g.sizes(0, 3)).pow(2)),
        Row.of("pow(Expr)", g -> g.between(0.1, 3, 3, 2).pow(g.reals(3, 1))),
        Row.of("clamp(double, double)", g -> g.between(-2, 2, 3, 4).clamp(-1, 0.5)),
        Row.of("clampMin(double)", g -> g.between(-2, 2, 3, 4).clampMin(-0.5)),
        Row.of("clampMax(double)", g -> g.between(-2, 2, 3, 4).clampMax(0.5)),
        binary("lerp(Expr, double)", (a, b) -> a.lerp(b, 0.3)),
        Row.of("lerp(Expr, Expr)", g -> g.reals(3, 1).lerp(g.reals(3, 2), g.reals(2))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden("add(Expr)", "add", (a, b) -> a.add(b)),
        golden("sub(Expr)", "sub", (a, b) -> a.sub(b)),
        golden("mul(Expr)", "mul", (a, b) -> a.transpose(0, 1).mul(b)),
        golden("div(Expr)", "div", (a, b) -> a.div(b)),
        golden("maximum(Expr)", "maximum", (a, b) -> a.maximum(b)),
        golden("minimum(Expr)", "minimum", (a, b) -> a.minimum(b)),
        golden("add(double)", "add_number", x -> x.add(0.1)),
        golden("sub(double)", "sub_number", x -> x.sub(0.1)),
        golden("mul(double)", "mul_number", x -> x.mul(1.0 / 3)),
        golden("div(double)", "div_number", x -> x.div(3)),
        golden("floorDiv(Expr)", "floor_div", (a, b) -> a.floorDiv(b)),
        golden("floorDiv(double)", "floor_div_whole", x -> x.floorDiv(3)),
        golden("remainder(Expr)", "remainder", (a, b) -> a.remainder(b)),
        golden("remainder(double)", "remainder_whole", x -> x.remainder(-4)),
        golden("neg()", "neg", x -> x.neg()),
        golden("abs()", "abs", x -> x.abs()),
        golden("sign()", "sign", x -> x.sign()),
        golden("floor()", "floor", x -> x.floor()),
        golden("ceil()", "ceil", x -> x.ceil()),
        golden("round()", "round", x -> x.round()),
        golden("trunc()", "trunc", x -> x.trunc()),
        golden("reciprocal()", "reciprocal", x -> x.reciprocal()),
        golden("pow(double)", "pow", x -> x.pow(0.5)),
        golden("pow(double)", "pow_whole", x -> x.pow(3)),
        golden("pow(Expr)", "pow_each", (a, b) -> a.pow(b)),
        golden("clamp(double, double)", "clamp", x -> x.clamp(-1, 0.25)),
        golden("clampMin(double)", "clamp_min", x -> x.clampMin(-1)),
        golden("clampMax(double)", "clamp_max", x -> x.clampMax(0.25)),
        golden("lerp(Expr, double)", "lerp", (a, b) -> a.lerp(b, 0.3)),
        Golden.of(
            "lerp(Expr, Expr)",
            "lerp_each",
            in -> in.apply("a").lerp(in.apply("b"), in.apply("weight"))));
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
            "add(Expr)", g -> g.flags(2).add(g.flags(2)), "a type that is computed in", "BOOL [2]"),
        new Refusal(
            "mul(double)",
            g -> g.reals(2).to(DType.F8_E4M3).mul(2),
            "a type that is computed in",
            "F8_E4M3 [2]"),
        new Refusal(
            "add(double)", g -> g.indices(3, 2).add(0.5), "a whole constant beside I64", "0.5"),
        new Refusal(
            "div(Expr)",
            g -> g.indices(3, 2).div(g.indices(3, 2)),
            "F16, BF16, F32 or F64",
            "I64 [2]"),
        new Refusal("pow(double)", g -> g.indices(3, 2).pow(-1), "a power of 0 or more", "-1"));
  }
}
