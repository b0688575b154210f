package dev.lora4j.core.tensor.operators;

import static dev.lora4j.core.tensor.operators.ElementwiseCases.flat;
import static dev.lora4j.core.tensor.operators.ElementwiseCases.golden;

import dev.lora4j.core.tensor.ComparisonOps;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.BinaryOperator;

/** Comparisons, logic, and choosing by them. */
final class ComparisonOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return ComparisonOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        compared("eq(Expr)", Expr::eq),
        flat("eq(double)", x -> x.eq(0.5)),
        compared("ne(Expr)", Expr::ne),
        flat("ne(double)", x -> x.ne(0.5)),
        compared("lt(Expr)", Expr::lt),
        flat("lt(double)", x -> x.lt(0.5)),
        compared("le(Expr)", Expr::le),
        flat("le(double)", x -> x.le(0.5)),
        compared("gt(Expr)", Expr::gt),
        flat("gt(double)", x -> x.gt(0.5)),
        compared("ge(Expr)", Expr::ge),
        flat("ge(double)", x -> x.ge(0.5)),
        logical("and(Expr)", Expr::and),
        logical("or(Expr)", Expr::or),
        logical("xor(Expr)", Expr::xor),
        Row.flat("not()", g -> g.flags(g.sizes(0, 3)).not()),
        flat("isFinite()", Expr::isFinite),
        flat("isInfinite()", Expr::isInfinite),
        flat("isNaN()", Expr::isNaN),
        Row.of(
            "where(Expr, Expr)",
            g -> {
              long[] sizes = g.sizes(1, 3);
              Expr condition = g.flags(g.broadcasting(sizes));
              return g.reals(sizes).where(condition, g.reals(g.broadcasting(sizes)));
            }),
        Row.of(
            "maskedFill(Expr, double)",
            g -> {
              long[] sizes = g.sizes(1, 3);
              Expr mask = g.flags(g.broadcasting(sizes));
              return g.reals(sizes).maskedFill(mask, g.number(-1, 1));
            }));
  }

  private static Row compared(String method, BinaryOperator<Expr> operator) {
    return ElementwiseCases.binary(method, operator).with(Row.Trait.FLAT);
  }

  private static Row logical(String method, BinaryOperator<Expr> operator) {
    return Row.flat(
        method,
        g -> {
          long[] sizes = g.sizes(0, 3);
          return operator.apply(g.flags(g.broadcasting(sizes)), g.flags(sizes));
        });
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden("eq(Expr)", "eq", (a, b) -> a.eq(b)),
        golden("eq(double)", "eq_number", x -> x.eq(-1)),
        golden("eq(double)", "eq_whole", x -> x.eq(2.5)),
        golden("ne(Expr)", "ne", (a, b) -> a.ne(b)),
        golden("ne(double)", "ne_number", x -> x.ne(-1)),
        golden("ne(double)", "ne_whole", x -> x.ne(2.5)),
        golden("lt(Expr)", "lt", (a, b) -> a.lt(b)),
        golden("lt(double)", "lt_number", x -> x.lt(-1)),
        golden("lt(double)", "lt_whole", x -> x.lt(2.5)),
        golden("le(Expr)", "le", (a, b) -> a.le(b)),
        golden("le(double)", "le_number", x -> x.le(-1)),
        golden("le(double)", "le_whole", x -> x.le(2.5)),
        golden("gt(Expr)", "gt", (a, b) -> a.gt(b)),
        golden("gt(double)", "gt_number", x -> x.gt(-1)),
        golden("gt(double)", "gt_whole", x -> x.gt(2.5)),
        golden("ge(Expr)", "ge", (a, b) -> a.ge(b)),
        golden("ge(double)", "ge_number", x -> x.ge(-1)),
        golden("ge(double)", "ge_whole", x -> x.ge(2.5)),
        golden("and(Expr)", "and", (a, b) -> a.and(b)),
        golden("or(Expr)", "or", (a, b) -> a.or(b)),
        golden("xor(Expr)", "xor", (a, b) -> a.xor(b)),
        golden("not()", "not", x -> x.not()),
        golden("isFinite()", "isfinite", x -> x.isFinite()),
        golden("isInfinite()", "isinf", x -> x.isInfinite()),
        golden("isNaN()", "isnan", x -> x.isNaN()),
        Golden.of(
            "where(Expr, Expr)",
            "where",
            in -> in.apply("a").where(in.apply("condition"), in.apply("b"))),
        Golden.of(
            "maskedFill(Expr, double)",
            "masked_fill",
            in -> in.apply("x").maskedFill(in.apply("mask"), Double.NEGATIVE_INFINITY)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "where(Expr, Expr)",
            g -> g.reals(2).where(g.flags(3), g.reals(2)),
            "shapes that broadcast",
            "[3] and [2] and [2]"),
        new Refusal(
            "where(Expr, Expr)", g -> g.reals(2).where(g.reals(2), g.reals(2)), "BOOL", "F64 [2]"),
        new Refusal(
            "where(Expr, Expr)",
            g -> {
              Expr x = g.reals(2).to(DType.F8_E5M2);
              return x.where(g.flags(2), x);
            },
            "a type that is computed in",
            "F8_E5M2 [2]"),
        new Refusal("and(Expr)", g -> g.reals(2).and(g.flags(2)), "BOOL", "F64 [2]"),
        new Refusal("not()", g -> g.indices(2, 2).not(), "BOOL", "I64 [2]"),
        new Refusal(
            "lt(Expr)", g -> g.reals(2).lt(g.indices(2, 2)), "operands of one type", "F64 and I64"),
        new Refusal(
            "maskedFill(Expr, double)",
            g -> g.reals(2).maskedFill(g.reals(2), 0),
            "BOOL",
            "F64 [2]"),
        new Refusal(
            "maskedFill(Expr, double)",
            g -> g.indices(2, 2).maskedFill(g.flags(2), Double.POSITIVE_INFINITY),
            "a whole constant beside I64",
            "Infinity"));
  }
}
