package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.ReductionOps;
import java.util.List;

/** Operators that combine elements. */
final class ReductionOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return ReductionOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of("over(int[])", g -> g.reals(g.sizes(3, 3)).over(g.dimension(3)).sum()),
        Row.of("overAll()", g -> g.reals(g.sizes(0, 3)).overAll().logSumExp()),
        Row.of("overAll()", g -> g.reals(g.sizes(0, 3)).overAll().keeping().prod()),
        Row.of("sum()", g -> g.reals(g.sizes(0, 3)).sum()),
        Row.flat("sum()", g -> g.flags(g.sizes(0, 3)).sum()),
        Row.of("sum(int[])", g -> g.reals(g.sizes(3, 3)).sum(g.dimension(3))),
        Row.of("sum(int[])", g -> g.reals(g.sizes(3, 3)).sum(-1, 0)),
        Row.of("mean()", g -> g.reals(g.sizes(0, 3)).mean()),
        Row.of("mean(int[])", g -> g.reals(g.sizes(3, 3)).mean(g.dimension(3))),
        Row.of("norm()", g -> g.reals(g.sizes(0, 3)).norm()),
        Row.flat("all()", g -> g.flags(g.sizes(0, 3)).all()),
        Row.flat("any()", g -> g.flags(g.sizes(0, 3)).any()),
        Row.flat("argmax(int)", g -> g.reals(g.sizes(3, 3)).argmax(g.dimension(3))),
        Row.flat("argmin(int)", g -> g.reals(g.sizes(3, 3)).argmin(g.dimension(3))),
        Row.of("cumsum(int)", g -> g.reals(g.sizes(3, 3)).cumsum(g.dimension(3))),
        Row.flat("cumsum(int)", g -> g.indices(9, g.sizes(3, 3)).cumsum(g.dimension(3))),
        Row.of("cumprod(int)", g -> g.reals(g.sizes(3, 3)).cumprod(g.dimension(3))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("over(int[])", "over", in -> in.apply("x").over(0, 2).mean()),
        Golden.of("overAll()", "over_all", in -> in.apply("x").overAll().max()),
        Golden.of("sum()", "sum", in -> in.apply("x").sum()),
        Golden.of("sum()", "sum_special", in -> in.apply("x").sum()),
        Golden.of("sum()", "sum_whole", in -> in.apply("x").sum()),
        Golden.of("sum(int[])", "sum_over", in -> in.apply("x").sum(0, -1)),
        Golden.of("sum(int[])", "sum_flags", in -> in.apply("x").sum(0)),
        Golden.of("mean()", "mean", in -> in.apply("x").mean()),
        Golden.of("mean(int[])", "mean_over", in -> in.apply("x").mean(1)),
        Golden.of("norm()", "norm", in -> in.apply("x").norm()),
        Golden.of("all()", "all", in -> in.apply("x").all()),
        Golden.of("any()", "any", in -> in.apply("x").any()),
        Golden.of("argmax(int)", "argmax", in -> in.apply("x").argmax(-2)),
        Golden.of("argmin(int)", "argmin", in -> in.apply("x").argmin(0)),
        Golden.of("cumsum(int)", "cumsum", in -> in.apply("x").cumsum(1)),
        Golden.of("cumsum(int)", "cumsum_flags", in -> in.apply("x").cumsum(1)),
        Golden.of("cumprod(int)", "cumprod", in -> in.apply("x").cumprod(-1)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "over(int[])", g -> g.reals(2, 3).over().sum(), "at least one dimension", "none"),
        new Refusal(
            "sum(int[])", g -> g.reals(2, 3).sum(2), "a shape with dimension 2", "F64 [2, 3]"),
        new Refusal(
            "mean(int[])",
            g -> g.reals(2, 3).mean(1, -1),
            "each dimension once",
            "[1, -1] of [2, 3]"),
        new Refusal("mean()", g -> g.indices(9, 2).mean(), "F16, BF16, F32 or F64", "I64 [2]"),
        new Refusal("all()", g -> g.reals(2).all(), "BOOL", "F64 [2]"),
        new Refusal(
            "argmax(int)",
            g -> g.reals(2, 3).argmax(-3),
            "a shape with dimension -3",
            "F64 [2, 3]"));
  }
}
