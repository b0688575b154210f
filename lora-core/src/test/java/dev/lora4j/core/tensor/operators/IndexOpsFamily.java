package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.IndexOps;
import java.util.List;

/** Operators that look elements up, or put them, at places that are data. */
final class IndexOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return IndexOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "gather(int, Expr)",
            g -> g.reals(3, 4).gather(g.oneOf(0, -2), g.indices(3, g.size(1, 5), 4))),
        Row.of("gather(int, Expr)", g -> g.reals(3, 4).gather(1, g.indices(4, 2, g.size(1, 5)))),
        Row.of(
            "scatter(int, Expr, Expr)",
            g -> {
              // Each index once in its column, or which of them stays is open.
              Expr rising = g.indices(1, 3, 2).add(1).cumsum(0).add(-1);
              return g.reals(4, 2).scatter(0, rising, g.reals(3, 2));
            }),
        Row.of(
            "scatterAdd(int, Expr, Expr)",
            g -> g.reals(2, 3).scatterAdd(g.oneOf(1, -1), g.indices(3, 2, 4), g.reals(2, 4))),
        Row.of(
            "indexSelect(int, Expr)",
            g -> g.reals(2, 3).indexSelect(g.oneOf(1, -1), g.indices(3, g.size(1, 5)))),
        Row.of(
            "indexAdd(int, Expr, Expr)",
            g -> g.reals(2, 3).indexAdd(1, g.indices(3, 4), g.reals(2, 4))),
        Row.of(
            "takeAlong(int, Expr)",
            g -> g.reals(2, 3).takeAlong(1, g.indices(3, g.oneOf(1, 2), g.size(1, 4)))),
        Row.of("maskedSelect(Expr)", g -> g.reals(4, 4).maskedSelect(g.flags(4, 4)))
            .with(Row.Trait.SIZED_BY_VALUES),
        Row.flat("oneHot(int)", g -> g.indices(3, g.sizes(0, 3)).oneHot(4)));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("gather(int, Expr)", "gather", in -> in.apply("x").gather(0, in.apply("i"))),
        Golden.of(
            "scatter(int, Expr, Expr)",
            "scatter",
            in -> in.apply("x").scatter(0, in.apply("i"), in.apply("s"))),
        Golden.of(
            "scatterAdd(int, Expr, Expr)",
            "scatter_add",
            in -> in.apply("x").scatterAdd(-1, in.apply("i"), in.apply("s"))),
        Golden.of(
            "indexSelect(int, Expr)",
            "index_select",
            in -> in.apply("x").indexSelect(1, in.apply("i"))),
        Golden.of(
            "indexAdd(int, Expr, Expr)",
            "index_add",
            in -> in.apply("x").indexAdd(1, in.apply("i"), in.apply("s"))),
        Golden.of(
            "takeAlong(int, Expr)", "take_along", in -> in.apply("x").takeAlong(1, in.apply("i"))),
        Golden.of(
            "maskedSelect(Expr)", "masked_select", in -> in.apply("x").maskedSelect(in.apply("m"))),
        Golden.of("oneHot(int)", "one_hot", in -> in.apply("x").oneHot(4)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "gather(int, Expr)", g -> g.reals(2, 3).gather(1, g.reals(2, 3)), "I64", "F64 [2, 3]"),
        new Refusal(
            "gather(int, Expr)",
            g -> g.reals(2, 3).gather(1, g.indices(3, 4, 3)),
            "indices of a shape within [2, 3]",
            "[4, 3]"),
        new Refusal(
            "scatterAdd(int, Expr, Expr)",
            g -> g.reals(2, 3).scatterAdd(1, g.indices(3, 2, 4), g.reals(2, 3)),
            "shape [2, 4]",
            "F64 [2, 3]"),
        new Refusal(
            "scatter(int, Expr, Expr)",
            g -> g.reals(2, 3).scatter(1, g.indices(3, 4, 3), g.reals(4, 3)),
            "indices of a shape within [2, 3]",
            "[4, 3]"),
        new Refusal(
            "indexSelect(int, Expr)",
            g -> g.reals(2, 3).indexSelect(1, g.indices(3, 2, 2)),
            "shape [?]",
            "I64 [2, 2]"),
        new Refusal(
            "indexAdd(int, Expr, Expr)",
            g -> g.reals(2, 3).indexAdd(1, g.indices(3, 4), g.reals(2, 3)),
            "shape [2, 4]",
            "F64 [2, 3]"),
        new Refusal(
            "takeAlong(int, Expr)",
            g -> g.reals(2, 3).takeAlong(1, g.indices(3, 3, 3)),
            "shapes that broadcast",
            "[2, 1] and [3, 1]"),
        new Refusal(
            "maskedSelect(Expr)",
            g -> g.reals(2, 3).maskedSelect(g.flags(2)),
            "shapes that broadcast",
            "[2, 3] and [2]"),
        new Refusal("oneHot(int)", g -> g.indices(3, 2).oneHot(0), "1 class or more", "0"));
  }
}
