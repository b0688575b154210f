package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Operators of {@link Expr} that move elements without changing them. */
public interface Shaping {
  /** The value operated on. */
  Expr self();

  /** The same elements in row-major order with other sizes; one may be -1, for what is left. */
  default Expr reshape(Dim... sizes) {
    Expr x = self();
    Shape shape = Shape.of(Arrays.stream(sizes).mapToLong(Dim::known).toArray());
    return x.graph().call("reshape", x.dtype(), infer(x.shape(), shape), x, List.of(sizes));
  }

  /** {@link #reshape(Dim...)} with constants. */
  default Expr reshape(long... sizes) {
    return reshape(LongStream.of(sizes).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  private static Shape infer(Shape from, Shape to) {
    long unknown = LongStream.of(to.sizes()).filter(s -> s == Shape.UNKNOWN).count();
    if (unknown != 1 || !from.known()) {
      return to;
    }
    long rest =
        LongStream.of(to.sizes()).filter(s -> s != Shape.UNKNOWN).reduce(1, (a, b) -> a * b);
    return Shape.of(
        LongStream.of(to.sizes())
            .map(s -> s == Shape.UNKNOWN && rest > 0 ? from.elements() / rest : s)
            .toArray());
  }

  /** Dimensions in the order given. */
  default Expr permute(int... order) {
    Expr x = self();
    long[] sizes = Arrays.stream(order).mapToLong(x.shape()::size).toArray();
    return x.graph()
        .call("permute", x.dtype(), Shape.of(sizes), x, Arrays.stream(order).boxed().toList());
  }

  /** Two dimensions exchanged. */
  default Expr transpose(int a, int b) {
    Expr x = self();
    Shape shape = x.shape().with(a, x.shape().size(b)).with(b, x.shape().size(a));
    return x.graph().call("transpose", x.dtype(), shape, x, a, b);
  }

  /** A new dimension of size 1 at {@code d}; -1 appends it. */
  default Expr unsqueeze(int d) {
    Expr x = self();
    List<Long> sizes = new ArrayList<>(LongStream.of(x.shape().sizes()).boxed().toList());
    sizes.add(d < 0 ? sizes.size() + 1 + d : d, 1L);
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    return x.graph().call("unsqueeze", x.dtype(), shape, x, d);
  }

  /** Elements {@code [begin, end)} of dimension {@code d}. */
  default Expr slice(int d, long begin, long end) {
    Expr x = self();
    long size = x.shape().size(d);
    if (begin < 0 || end < begin || (size != Shape.UNKNOWN && end > size)) {
      throw Mismatch.of(
          "slice", x, "a range within dimension " + d, "[" + begin + ", " + end + ") of " + size);
    }
    // Unlike slice, narrow refuses a range that ends behind a size that was unknown until now.
    Shape shape = x.shape().with(d, end - begin);
    return x.graph().call("narrow", x.dtype(), shape, x, d, begin, end - begin);
  }

  /** Dimension {@code d} cut into {@code parts} equal parts; its size must be known. */
  default List<Expr> chunk(int parts, int d) {
    long size = self().shape().size(d);
    if (size == Shape.UNKNOWN || size % parts != 0) {
      throw Mismatch.of(
          "chunk", self(), "a size that divides by " + parts, self().shape().toString());
    }
    List<Expr> chunks = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      chunks.add(slice(d, i * size / parts, (i + 1) * size / parts));
    }
    return chunks;
  }

  /** This followed by {@code others} along dimension {@code d}. */
  default Expr cat(int d, Expr... others) {
    List<Expr> all = new ArrayList<>(others.length + 1);
    all.add(self());
    all.addAll(Arrays.asList(others));
    return cat(all, d);
  }

  /** All of {@code parts} joined along dimension {@code d}. */
  static Expr cat(List<Expr> parts, int d) {
    Expr x = parts.get(0);
    long size = 0;
    for (Expr part : parts) {
      if (part.dtype() != x.dtype() || !x.shape().with(d, Shape.UNKNOWN).admits(part.shape())) {
        throw Mismatch.of("cat", x, x.dtype() + " " + x.shape(), part.dtype() + " " + part.shape());
      }
      long s = part.shape().size(d);
      size = s == Shape.UNKNOWN || size == Shape.UNKNOWN ? Shape.UNKNOWN : size + s;
    }
    return x.graph().call("cat", x.dtype(), x.shape().with(d, size), parts, d);
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
