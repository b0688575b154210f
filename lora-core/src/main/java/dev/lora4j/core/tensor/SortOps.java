package dev.lora4j.core.tensor;

import java.util.List;

/** Operators of {@link Expr} that put elements in order. */
public interface SortOps {
  /**
   * Elements and where they were.
   *
   * @param values the elements
   * @param indices their positions along the dimension they were ordered by; I64
   */
  record Ranked(Expr values, Expr indices) {}

  /** The value operated on. */
  Expr self();

  /** The {@code k} greatest elements along dimension {@code d}, the greatest first. */
  default Ranked topK(int k, int d) {
    return ranked("topk", k, d, true);
  }

  /** The {@code k} least elements along dimension {@code d}, the least first. */
  default Ranked bottomK(int k, int d) {
    return ranked("topk", k, d, false);
  }

  private Ranked ranked(String operator, int k, int d, boolean largest) {
    Expr x = self();
    int at = Preconditions.dimension(operator, x, d);
    long size = x.shape().size(at);
    if (k < 0 || (size != Shape.UNKNOWN && k > size)) {
      throw Mismatch.of(operator, x, "k from 0 to " + x.dim(at), Integer.toString(k));
    }
    return ranked(operator, x.shape().with(at, k), x, k, at, largest, true);
  }

  /** Elements in rising order along dimension {@code d}; equals stay in order, NaN comes last. */
  default Ranked sort(int d) {
    return sorted(d, false);
  }

  /** Elements in falling order along dimension {@code d}; equals stay in order, NaN comes first. */
  default Ranked sortDescending(int d) {
    return sorted(d, true);
  }

  private Ranked sorted(int d, boolean descending) {
    Expr x = self();
    int at = Preconditions.dimension("sort", x, d);
    return ranked(
        "sort",
        x.shape(),
        x,
        Keyword.of("stable", true),
        Keyword.of("dim", at),
        Keyword.of("descending", descending));
  }

  /**
   * The greatest element along dimension {@code d}, which disappears, and its position. Unlike that
   * of {@link Reduction#max}, the gradient goes to that element alone.
   */
  default Ranked maxAndWhere(int d) {
    return extreme("max", d);
  }

  /** {@link #maxAndWhere} of the least element. */
  default Ranked minAndWhere(int d) {
    return extreme("min", d);
  }

  private Ranked extreme(String operator, int d) {
    Expr x = self();
    int at = Preconditions.dimension(operator, x, d);
    return ranked(operator, Sizes.without(x.shape(), at), x, at, false);
  }

  private Ranked ranked(String operator, Shape shape, Object... arguments) {
    Expr x = self();
    List<Graph.Result> results =
        List.of(new Graph.Result(x.dtype(), shape), new Graph.Result(DType.I64, shape));
    List<Expr> found = x.graph().call(operator, results, arguments);
    return new Ranked(found.get(0), found.get(1));
  }
}
