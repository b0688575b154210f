package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.SortOps;
import dev.lora4j.core.tensor.SortOps.Ranked;
import java.util.List;
import java.util.function.Function;

/** Operators that put elements in order. */
final class SortOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return SortOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.several("topK(int, int)", g -> both(g.reals(2, 3).topK(g.size(1, 3), g.oneOf(1, -1)))),
        Row.several("bottomK(int, int)", g -> both(g.reals(3, 2).bottomK(g.size(1, 3), 0))),
        Row.several("sort(int)", g -> both(g.reals(g.sizes(3, 3)).sort(g.dimension(3)))),
        Row.several(
            "sortDescending(int)",
            g -> both(g.reals(g.sizes(3, 3)).sortDescending(g.dimension(3)))),
        Row.several(
            "maxAndWhere(int)", g -> both(g.reals(g.sizes(3, 3)).maxAndWhere(g.dimension(3)))),
        Row.several(
            "minAndWhere(int)", g -> both(g.reals(g.sizes(3, 3)).minAndWhere(g.dimension(3)))));
  }

  private static List<Expr> both(Ranked ranked) {
    return List.of(ranked.values(), ranked.indices());
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden("topK(int, int)", "top_k", x -> x.topK(3, 1)),
        golden("bottomK(int, int)", "bottom_k", x -> x.bottomK(2, -1)),
        golden("sort(int)", "sort", x -> x.sort(1)),
        golden("sort(int)", "sort_ties", x -> x.sort(-1)),
        golden("sort(int)", "sort_special", x -> x.sort(0)),
        golden("sortDescending(int)", "sort_descending", x -> x.sortDescending(0)),
        golden("sortDescending(int)", "sort_descending_ties", x -> x.sortDescending(1)),
        golden("maxAndWhere(int)", "max_and_where", x -> x.maxAndWhere(1)),
        golden("minAndWhere(int)", "min_and_where", x -> x.minAndWhere(-1)));
  }

  private static Golden golden(String method, String name, Function<Expr, Ranked> operator) {
    return Golden.several(method, name, in -> both(operator.apply(in.apply("x"))));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("topK(int, int)", g -> g.reals(2, 3).topK(4, 1).values(), "k from 0 to 3", "4"),
        new Refusal(
            "sort(int)",
            g -> g.reals(2, 3).sort(2).values(),
            "a shape with dimension 2",
            "F64 [2, 3]"));
  }
}
