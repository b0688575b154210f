package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Operators of {@link Expr} that take parts out of it, or turn it along its dimensions. */
public interface SliceOps {
  /** The value operated on. */
  Expr self();

  /** Elements {@code [begin, end)} of dimension {@code d}; all of them must be there. */
  default Expr slice(int d, long begin, long end) {
    Expr x = self();
    long size = x.shape().size(Preconditions.dimension("slice", x, d));
    if (begin < 0 || begin > end || (size != Shape.UNKNOWN && end > size)) {
      throw Mismatch.of(
          "slice",
          x,
          "a range within dimension " + d,
          "[" + begin + ", " + end + ") of " + x.dim(d));
    }
    return narrow(d, Dim.of(begin), Dim.of(end - begin));
  }

  /** Each {@code step}th of the elements {@code [begin, end)} of dimension {@code d}. */
  default Expr slice(int d, long begin, long end, long step) {
    Expr x = self();
    if (step < 1) {
      throw Mismatch.of("slice", x, "a step of 1 or more", Long.toString(step));
    }
    Expr part = slice(d, begin, end);
    long count = (end - begin + step - 1) / step;
    Shape shape = x.shape().with(d, count);
    return x.graph().call("slice", x.dtype(), shape, part, d, 0, end - begin, step);
  }

  /** Elements {@code [begin, end)} of dimension {@code d}; all of them must be there. */
  default Expr slice(int d, Dim begin, Dim end) {
    return narrow(d, begin, end.minus(begin));
  }

  /** {@code length} elements of dimension {@code d}, from {@code begin} on. */
  default Expr narrow(int d, Dim begin, Dim length) {
    Expr x = self();
    int at = Preconditions.dimension("narrow", x, d);
    long size = x.shape().size(at);
    long end = Sizes.sum(begin.known(), length.known());
    if (size != Shape.UNKNOWN && end > size) {
      throw Mismatch.of(
          "narrow", x, "elements that are there", "[" + begin + ", " + end + ") of " + x.shape());
    }
    Shape shape = x.shape().with(at, length.known());
    return x.graph().call("narrow", x.dtype(), shape, x, at, begin, length);
  }

  /** The element at {@code index} of dimension {@code d}, which disappears; -1 is the last. */
  default Expr select(int d, long index) {
    Expr x = self();
    int at = Preconditions.dimension("select", x, d);
    long size = x.shape().size(at);
    if (size != Shape.UNKNOWN && (index < -size || index >= size)) {
      throw Mismatch.of("select", x, "an index from " + -size + " to " + (size - 1), "" + index);
    }
    return x.graph().call("select", x.dtype(), Sizes.without(x.shape(), at), x, at, index);
  }

  /** The element at {@code index} of dimension {@code d}, which disappears. */
  default Expr select(int d, Dim index) {
    if (index.known() != Shape.UNKNOWN) {
      return select(d, index.known());
    }
    Expr x = self();
    int at = Preconditions.dimension("select", x, d);
    return x.graph().call("select", x.dtype(), Sizes.without(x.shape(), at), x, at, index);
  }

  /** Dimension {@code d} cut into {@code parts} equal parts; its size must be known. */
  default List<Expr> chunk(int parts, int d) {
    Expr x = self();
    long size = x.shape().size(Preconditions.dimension("chunk", x, d));
    if (parts < 1 || size == Shape.UNKNOWN || size % parts != 0) {
      throw Mismatch.of("chunk", x, "a size that divides by " + parts, x.shape().toString());
    }
    return split(d, LongStream.generate(() -> size / parts).limit(parts).toArray());
  }

  /** Dimension {@code d} cut into parts of these sizes, which together are its size. */
  default List<Expr> split(int d, long... sizes) {
    Expr x = self();
    int at = Preconditions.dimension("split", x, d);
    if (LongStream.of(sizes).anyMatch(s -> s < 0)
        || sizes.length == 0
        || !Sizes.agree(x.shape().size(at), LongStream.of(sizes).sum())) {
      throw Mismatch.of("split", x, "sizes that add up to " + x.dim(at), Arrays.toString(sizes));
    }
    return StagedLists.split(x, at, LongStream.of(sizes).boxed().toList());
  }

  /** The elements of dimension {@code d}, whose size must be known, each without it. */
  default List<Expr> unbind(int d) {
    Expr x = self();
    int at = Preconditions.dimension("unbind", x, d);
    long size = x.shape().size(at);
    if (size < 1) {
      throw Mismatch.of("unbind", x, "a known size of 1 or more", x.shape().toString());
    }
    return StagedLists.unbind(x, at, Math.toIntExact(size));
  }

  /** The elements in reverse order along these dimensions. */
  default Expr flip(int... dimensions) {
    Expr x = self();
    int[] over = Preconditions.dimensions("flip", x, dimensions);
    return x.graph().call("flip", x.dtype(), x.shape(), x, Arrays.stream(over).boxed().toList());
  }

  /**
   * Moved on by {@code shift} places along dimension {@code d}; the last come round to the front.
   */
  default Expr roll(long shift, int d) {
    Expr x = self();
    int at = Preconditions.dimension("roll", x, d);
    return x.graph().call("roll", x.dtype(), x.shape(), x, List.of(shift), List.of(at));
  }

  /** Matrices [..., rows, columns] with 0 above the diagonal {@code k}; 0 is the main one. */
  default Expr tril(long k) {
    return triangle("tril", k);
  }

  /** Matrices [..., rows, columns] with 0 below the diagonal {@code k}; 0 is the main one. */
  default Expr triu(long k) {
    return triangle("triu", k);
  }

  private Expr triangle(String operator, long k) {
    Expr x = self();
    Preconditions.rankAtLeast(operator, 2, x);
    return x.graph().call(operator, x.dtype(), x.shape(), x, k);
  }

  /** The main diagonals of matrices [..., rows, columns]: [..., lesser of both]. */
  default Expr diagonal() {
    Expr x = self();
    Preconditions.rankAtLeast("diagonal", 2, x);
    Shape s = x.shape();
    Shape length = Shape.of(Sizes.lesser(s.size(-1), s.size(-2)));
    Shape shape = Sizes.joined(Sizes.leading(s, 2), length);
    return x.graph().call("diagonal", x.dtype(), shape, x, 0, -2, -1);
  }

  /** Matrices with the vectors [..., n] on their diagonals and 0 elsewhere: [..., n, n]. */
  default Expr diagonalMatrix() {
    Expr x = self();
    Preconditions.rankAtLeast("diag_embed", 1, x);
    Shape shape = Sizes.joined(x.shape(), Shape.of(x.shape().size(-1)));
    return x.graph().call("diag_embed", x.dtype(), shape, x);
  }
}
