package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.List;

/** Stages the rotation of pairs of elements of the last dimension. */
final class StagedRotation {
  private StagedRotation() {}

  /**
   * @param halves whether a pair is element i of both halves, not two neighbours
   */
  static Expr of(String operator, Expr x, Expr cosines, Expr sines, boolean halves) {
    long pairs = Sizes.common(last(cosines), last(sines));
    long width = last(x);
    Mismatch.require(
        x.dtype().floating()
            && x.dtype() == cosines.dtype()
            && x.dtype() == sines.dtype()
            && x.shape().rank() >= 1
            && cosines.shape().rank() >= 1
            && sines.shape().rank() >= 1
            && Sizes.agree(last(cosines), last(sines))
            && (pairs == Shape.UNKNOWN || width == Shape.UNKNOWN || 2 * pairs <= width),
        operator,
        "x [..., width], cosines and sines [..., pairs] of one type, with 2 pairs in a width",
        x,
        cosines,
        sines);
    Dim count = pairs == Shape.UNKNOWN ? cosines.dim(-1) : Dim.of(pairs);
    boolean all = pairs != Shape.UNKNOWN && 2 * pairs == width;
    Expr turned = all ? x : narrow(x, Dim.of(0), count.times(2));
    List<Expr> parts = halves ? halves(turned, count) : neighbours(turned, count);
    Expr a = parts.get(0);
    Expr b = parts.get(1);
    Expr first = a.mul(cosines).sub(b.mul(sines));
    Expr second = b.mul(cosines).add(a.mul(sines));
    // Broadcasting must not make more of x than there was.
    Shape half = a.shape();
    for (Expr part : List.of(first, second)) {
      Mismatch.require(
          half.admits(part.shape()),
          operator,
          "cosines and sines that broadcast to " + half,
          cosines,
          sines);
    }
    Expr joined =
        halves
            ? ShapeOps.cat(List.of(first, second), -1)
            : first
                .graph()
                .call("stack", x.dtype(), pairs(half), List.of(first, second), -1)
                .reshape(Dim.all(turned));
    if (all) {
      return joined;
    }
    Dim from = count.times(2);
    Dim rest = x.dim(-1).minus(from);
    return x.graph().call("cat", x.dtype(), x.shape(), List.of(joined, narrow(x, from, rest)), -1);
  }

  private static List<Expr> halves(Expr x, Dim pairs) {
    return List.of(narrow(x, Dim.of(0), pairs), narrow(x, pairs, pairs));
  }

  private static List<Expr> neighbours(Expr x, Dim pairs) {
    Expr two = x.reshape(Dim.withLast(x, pairs, Dim.of(2)));
    Shape half = x.shape().with(-1, pairs.known());
    return List.of(
        x.graph().call("select", x.dtype(), half, two, -1, 0),
        x.graph().call("select", x.dtype(), half, two, -1, 1));
  }

  private static Shape pairs(Shape half) {
    long[] sizes = Arrays.copyOf(half.sizes(), half.rank() + 1);
    sizes[half.rank()] = 2;
    return Shape.of(sizes);
  }

  private static Expr narrow(Expr x, Dim begin, Dim length) {
    return x.graph()
        .call("narrow", x.dtype(), x.shape().with(-1, length.known()), x, -1, begin, length);
  }

  private static long last(Expr x) {
    return x.shape().rank() == 0 ? Shape.UNKNOWN : x.shape().size(-1);
  }
}
