package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What can be done over some dimensions. */
final class ReductionFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Reduction.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        row("keeping()", r -> r.keeping().mean()),
        row("sum()", Reduction::sum),
        row("mean()", Reduction::mean),
        row("prod()", Reduction::prod),
        Row.flat("prod()", g -> g.indices(4, 2, 3).over(g.dimension(2)).prod()),
        row("max()", Reduction::max),
        row("min()", Reduction::min),
        Row.of("var(int)", g -> g.reals(3, g.size(1, 3), 2).over(0, -1).var(g.size(0, 2))),
        Row.of("std(int)", g -> g.reals(3, g.size(1, 3), 2).over(0, -1).std(g.size(0, 2))),
        row("norm(double)", r -> r.norm(2)),
        row("norm(double)", r -> r.norm(1)),
        row("norm(double)", r -> r.norm(3.5)),
        row("norm(double)", r -> r.norm(Double.POSITIVE_INFINITY)),
        row("norm(double)", r -> r.norm(Double.NEGATIVE_INFINITY)),
        row("norm(double)", r -> r.norm(0)).with(Row.Trait.FLAT),
        row("logSumExp()", Reduction::logSumExp),
        Row.flat("all()", g -> g.flags(g.sizes(3, 3)).over(0, 2).all()),
        Row.flat("any()", g -> g.flags(g.sizes(3, 3)).over(1, -1).keeping().any()),
        Row.flat("argMax()", g -> g.reals(g.sizes(3, 3)).over(g.dimension(3)).keeping().argMax()),
        Row.flat("argMin()", g -> g.reals(g.sizes(3, 3)).over(g.dimension(3)).argMin()));
  }

  /** Over one or two of three dimensions, which stay or disappear. */
  private static Row row(String method, Function<Reduction, Expr> operator) {
    return Row.of(
        method,
        g -> {
          Expr x = g.reals(g.sizes(3, 3));
          Reduction over = g.flag() ? x.over(g.dimension(3)) : x.over(2, -3);
          return operator.apply(g.flag() ? over.keeping() : over);
        });
  }

  @Override
  public List<Golden> goldens() {
    List<Golden> all = new ArrayList<>();
    for (double p : new double[] {0, 0.5, 1, 2, 3, 1 / 0.0, -1 / 0.0}) {
      String name = "norm_" + (Double.isInfinite(p) ? (p > 0 ? "inf" : "-inf") : text(p));
      all.add(golden("norm(double)", name, x -> x.over(0, 2).norm(p)));
    }
    all.addAll(
        List.of(
            golden("keeping()", "keeping", x -> x.over(0, 2).keeping().sum()),
            golden("sum()", "sum", x -> x.over(0, 2).sum()),
            golden("mean()", "mean", x -> x.over(1).mean()),
            golden("prod()", "prod", x -> x.over(0, 2).prod()),
            golden("prod()", "prod_whole", x -> x.over(1).keeping().prod()),
            golden("max()", "max", x -> x.over(0, 2).max()),
            golden("max()", "max_special", x -> x.over(0).max()),
            golden("max()", "max_nan", x -> x.over(0).max()),
            golden("min()", "min", x -> x.over(0, 2).keeping().min()),
            golden("var(int)", "var", x -> x.over(0, 2).var(1)),
            golden("var(int)", "var_population", x -> x.over(1).var(0)),
            golden("std(int)", "std", x -> x.over(0, 2).keeping().std(1)),
            golden("logSumExp()", "log_sum_exp", x -> x.mul(1000).over(0, 2).logSumExp()),
            golden("logSumExp()", "log_sum_exp_infinite", x -> x.over(0).logSumExp()),
            golden("all()", "all", x -> x.over(1).all()),
            golden("any()", "any", x -> x.over(0).keeping().any()),
            golden("argMax()", "arg_max", x -> x.over(1).keeping().argMax()),
            golden("argMin()", "arg_min", x -> x.over(-1).argMin())));
    return all;
  }

  private static String text(double p) {
    return p == Math.rint(p) ? Long.toString((long) p) : Double.toString(p);
  }

  private static Golden golden(String method, String name, Function<Expr, Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x")));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("argMax()", g -> g.reals(2, 3).over(0, 1).argMax(), "one dimension", "[0, 1]"),
        new Refusal(
            "norm(double)",
            g -> g.indices(3, 2).over(0).norm(2),
            "F16, BF16, F32 or F64",
            "I64 [2]"),
        new Refusal("any()", g -> g.indices(2, 2).over(0).any(), "BOOL", "I64 [2]"),
        new Refusal(
            "max()",
            g -> g.reals(2).to(DType.F8_E4M3).over(0).max(),
            "a type that is computed in",
            "F8_E4M3 [2]"));
  }
}
