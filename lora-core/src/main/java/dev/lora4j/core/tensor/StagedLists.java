package dev.lora4j.core.tensor;

import java.util.Collections;
import java.util.List;

/** Stages operators that return a list of tensors, of which it is known how many there will be. */
final class StagedLists {
  private StagedLists() {}

  /** The parts of {@code x} along dimension {@code d}, each of a size of its own. */
  static List<Expr> split(Expr x, int d, List<Long> sizes) {
    if (sizes.size() == 1) {
      return List.of(x.narrow(d, Dim.of(0), Dim.of(sizes.get(0))));
    }
    List<Graph.Result> results =
        sizes.stream().map(s -> new Graph.Result(x.dtype(), x.shape().with(d, s))).toList();
    return x.graph().call("split_with_sizes", results, x, sizes, d);
  }

  /** The {@code count} elements of dimension {@code d}, each without it. */
  static List<Expr> unbind(Expr x, int d, int count) {
    if (count == 1) {
      return List.of(x.select(d, 0));
    }
    Graph.Result result = new Graph.Result(x.dtype(), Sizes.without(x.shape(), d));
    return x.graph().call("unbind", Collections.nCopies(count, result), x, d);
  }
}
