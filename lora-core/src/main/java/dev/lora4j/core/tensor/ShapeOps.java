package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators of {@link Expr} that arrange, repeat and join elements without changing them. */
public interface ShapeOps {
  /** The value operated on. */
  Expr self();

  /** The same elements in row-major order with other sizes; one size may be -1, for the rest. */
  default Expr reshape(Dim... sizes) {
    Expr x = self();
    Shape shape = infer(x, Sizes.of(sizes));
    return x.graph().call("reshape", x.dtype(), shape, x, List.of(sizes));
  }

  /** {@link #reshape(Dim...)} with constants. */
  default Expr reshape(long... sizes) {
    return reshape(LongStream.of(sizes).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  private static Shape infer(Expr x, Shape to) {
    Shape from = x.shape();
    long unknown = LongStream.of(to.sizes()).filter(s -> s == Shape.UNKNOWN).count();
    if (unknown > 1 || !from.known()) {
      return to;
    }
    long rest =
        LongStream.of(to.sizes()).filter(s -> s != Shape.UNKNOWN).reduce(1, Math::multiplyExact);
    boolean fits =
        unknown == 0 ? rest == from.elements() : rest == 0 || from.elements() % rest == 0;
    if (!fits) {
      throw Mismatch.of("reshape", x, "as many elements as " + to + " has", from.toString());
    }
    return Shape.of(
        LongStream.of(to.sizes())
            .map(s -> s == Shape.UNKNOWN && rest > 0 ? from.elements() / rest : s)
            .toArray());
  }

  /** The same elements with dimensions {@code first} to {@code last} as one. */
  default Expr flatten(int first, int last) {
    Expr x = self();
    int from = Preconditions.dimension("flatten", x, first);
    int to = Preconditions.dimension("flatten", x, last);
    if (from > to) {
      throw Mismatch.of("flatten", x, "a first dimension before the last", first + " and " + last);
    }
    long size = 1;
    for (int d = from; d <= to; d++) {
      size = Sizes.product(size, x.shape().size(d));
    }
    Shape before = Sizes.joined(Sizes.part(x.shape(), 0, from), Shape.of(size));
    Shape shape = Sizes.joined(before, Sizes.part(x.shape(), to + 1, x.shape().rank()));
    return x.graph().call("flatten", x.dtype(), shape, x, from, to);
  }

  /** The value with its dimensions in this order. */
  default Expr permute(int... order) {
    Expr x = self();
    int[] from = Preconditions.dimensions("permute", x, order);
    if (from.length != x.shape().rank()) {
      throw Mismatch.of("permute", x, "each dimension once", Arrays.toString(order));
    }
    long[] sizes = Arrays.stream(from).mapToLong(x.shape()::size).toArray();
    return x.graph()
        .call("permute", x.dtype(), Shape.of(sizes), x, Arrays.stream(from).boxed().toList());
  }

  /** The value with two dimensions exchanged. */
  default Expr transpose(int a, int b) {
    Expr x = self();
    Preconditions.dimension("transpose", x, a);
    Preconditions.dimension("transpose", x, b);
    Shape shape = x.shape().with(a, x.shape().size(b)).with(b, x.shape().size(a));
    return x.graph().call("transpose", x.dtype(), shape, x, a, b);
  }

  /** Dimension {@code from} moved to place {@code to}; the others keep their order. */
  default Expr moveDim(int from, int to) {
    Expr x = self();
    int source = Preconditions.dimension("movedim", x, from);
    int target = Preconditions.dimension("movedim", x, to);
    Shape shape = Sizes.inserted(Sizes.without(x.shape(), source), target, x.shape().size(source));
    return x.graph().call("movedim", x.dtype(), shape, x, source, target);
  }

  /** A new dimension of size 1 at {@code d}; -1 appends it. */
  default Expr unsqueeze(int d) {
    Expr x = self();
    int rank = x.shape().rank() + 1;
    if (d < -rank || d >= rank) {
      throw Mismatch.of("unsqueeze", x, "a place from " + -rank + " to " + (rank - 1), "" + d);
    }
    Shape shape = Sizes.inserted(x.shape(), d < 0 ? d + rank : d, 1);
    return x.graph().call("unsqueeze", x.dtype(), shape, x, d);
  }

  /** The value without dimension {@code d}, whose size must be 1. */
  default Expr squeeze(int d) {
    Expr x = self();
    int at = Preconditions.dimension("squeeze", x, d);
    if (!Sizes.agree(x.shape().size(at), 1)) {
      throw Mismatch.of("squeeze", x, "size 1 in dimension " + d, x.shape().toString());
    }
    Shape shape = Sizes.without(x.shape(), at);
    if (x.shape().size(at) == 1) {
      return x.graph().call("squeeze", x.dtype(), shape, x, at);
    }
    // Of a size other than 1 ATen's squeeze keeps the dimension without a word.
    Dim[] rest =
        IntStream.range(0, x.shape().rank())
            .filter(i -> i != at)
            .mapToObj(x::dim)
            .toArray(Dim[]::new);
    return x.graph().call("reshape", x.dtype(), shape, x, List.of(rest));
  }

  /**
   * Repeated along dimensions of size 1 until they have these sizes, without a copy; new dimensions
   * stand in front. -1 leaves a size as it is.
   */
  default Expr expand(Dim... sizes) {
    Expr x = self();
    int more = sizes.length - x.shape().rank();
    Shape to = Sizes.of(sizes);
    boolean fits = more >= 0;
    for (int d = 0; d < sizes.length && fits; d++) {
      boolean same = sizes[d].text().equals("-1");
      long size = d < more ? 1 : x.shape().size(d - more);
      fits = size == 1 ? d >= more || !same : Sizes.agree(size, to.size(d));
      // What is known of an unknown target: a size other than 1 stays as it is.
      if (same || (size != 1 && size != Shape.UNKNOWN)) {
        to = to.with(d, size);
      }
    }
    if (!fits) {
      String found = Arrays.toString(sizes);
      throw Mismatch.of("expand", x, "sizes that " + x.shape() + " broadcasts to", found);
    }
    return x.graph().call("expand", x.dtype(), to, x, List.of(sizes));
  }

  /** {@link #expand(Dim...)} with constants. */
  default Expr expand(long... sizes) {
    return expand(LongStream.of(sizes).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  /** The whole repeated so many times along each dimension; one number for each. */
  default Expr repeat(long... times) {
    Expr x = self();
    if (times.length != x.shape().rank() || LongStream.of(times).anyMatch(t -> t < 0)) {
      throw Mismatch.of(
          "repeat", x, "a number of times for each dimension", Arrays.toString(times));
    }
    long[] sizes =
        IntStream.range(0, times.length)
            .mapToLong(d -> Sizes.product(x.shape().size(d), times[d]))
            .toArray();
    List<Long> all = LongStream.of(times).boxed().toList();
    return x.graph().call("repeat", x.dtype(), Shape.of(sizes), x, all);
  }

  /** Each element followed by itself along dimension {@code d}, {@code times} in all. */
  default Expr repeatInterleave(long times, int d) {
    Expr x = self();
    int at = Preconditions.dimension("repeat_interleave", x, d);
    if (times < 0) {
      throw Mismatch.of("repeat_interleave", x, "0 times or more", Long.toString(times));
    }
    Shape shape = x.shape().with(at, Sizes.product(x.shape().size(at), times));
    return x.graph().call("repeat_interleave", x.dtype(), shape, x, times, at);
  }

  /** The same elements in row-major order in memory; itself if they are. */
  default Expr contiguous() {
    Expr x = self();
    return x.graph().call("contiguous", x.dtype(), x.shape(), x);
  }

  /** Concatenation of this and {@code others} along dimension {@code d}. */
  default Expr cat(int d, Expr... others) {
    List<Expr> all = new ArrayList<>(others.length + 1);
    all.add(self());
    all.addAll(Arrays.asList(others));
    return cat(all, d);
  }

  /** Concatenation of {@code parts}, at least one, along dimension {@code d}. */
  static Expr cat(List<Expr> parts, int d) {
    Expr x = parts.get(0);
    Preconditions.dimension("cat", x, d);
    Shape shape = x.shape().with(d, Shape.UNKNOWN);
    long size = 0;
    for (Expr part : parts) {
      if (part.dtype() != x.dtype() || !shape.admits(part.shape())) {
        throw Mismatch.of("cat", x, Mismatch.described(x), Mismatch.described(part));
      }
      shape = Sizes.merged(shape, part.shape().with(d, Shape.UNKNOWN));
      size = Sizes.sum(size, part.shape().size(d));
    }
    return x.graph().call("cat", x.dtype(), shape.with(d, size), parts, d);
  }

  /** Stack of this and {@code others}, all of one shape, along a new dimension {@code d}. */
  default Expr stack(int d, Expr... others) {
    List<Expr> all = new ArrayList<>(List.of(self()));
    all.addAll(Arrays.asList(others));
    return stack(all, d);
  }

  /** Stack of {@code parts}, at least one, along a new dimension {@code d}. */
  static Expr stack(List<Expr> parts, int d) {
    Expr x = parts.get(0);
    int rank = x.shape().rank() + 1;
    if (d < -rank || d >= rank) {
      throw Mismatch.of("stack", x, "a place from " + -rank + " to " + (rank - 1), "" + d);
    }
    Shape shape = x.shape();
    for (Expr part : parts) {
      if (part.dtype() != x.dtype() || !shape.admits(part.shape())) {
        throw Mismatch.of("stack", x, Mismatch.described(x), Mismatch.described(part));
      }
      shape = Sizes.merged(shape, part.shape());
    }
    Shape result = Sizes.inserted(shape, d < 0 ? d + rank : d, parts.size());
    return x.graph().call("stack", x.dtype(), result, parts, d);
  }

  /** [batch, tokens, heads * width] to [batch, heads, tokens, width]. */
  default Expr splitHeads(int heads) {
    Expr x = self();
    Mismatch.require(
        x.shape().rank() == 3 && Sizes.divides(x.shape().size(2), heads),
        "splitHeads",
        "[batch, tokens, width] with a width that divides by " + heads,
        x);
    Dim width = x.dim(2).over(heads);
    return x.reshape(x.dim(0), x.dim(1), Dim.of(heads), width).transpose(1, 2);
  }

  /** [batch, heads, tokens, width] to [batch, tokens, heads * width]. */
  default Expr joinHeads() {
    Expr x = self();
    Mismatch.require(x.shape().rank() == 4, "joinHeads", "[batch, heads, tokens, width]", x);
    return x.transpose(1, 2).reshape(x.dim(0), x.dim(2), x.dim(1).times(x.dim(3)));
  }
}
