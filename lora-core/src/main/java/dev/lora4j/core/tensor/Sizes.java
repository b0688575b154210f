package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/** Arithmetic of sizes of which some are {@link Shape#UNKNOWN}, and shapes made of others. */
final class Sizes {
  private Sizes() {}

  /** {@code change} of a size if it is known. */
  static long map(long size, LongUnaryOperator change) {
    return size == Shape.UNKNOWN ? size : change.applyAsLong(size);
  }

  /** Returns true if two sizes may turn out to be equal. */
  static boolean agree(long a, long b) {
    return a == b || a == Shape.UNKNOWN || b == Shape.UNKNOWN;
  }

  /** The size that two sizes stand for if they are equal: the one that is known. */
  static long common(long a, long b) {
    return a == Shape.UNKNOWN ? b : a;
  }

  /** Returns true if a size may turn out to divide by {@code divisor}. */
  static boolean divides(long size, long divisor) {
    return size == Shape.UNKNOWN || size % divisor == 0;
  }

  /** The shape without dimension {@code d}, counted from the front. */
  static Shape without(Shape shape, int d) {
    List<Long> sizes = list(shape);
    sizes.remove(d);
    return of(sizes);
  }

  /**
   * The shape with a dimension of {@code size} before dimension {@code d}, counted from the front.
   */
  static Shape inserted(Shape shape, int d, long size) {
    List<Long> sizes = list(shape);
    sizes.add(d, size);
    return of(sizes);
  }

  /** The dimensions of {@code first} and then those of {@code second}. */
  static Shape joined(Shape first, Shape second) {
    return Shape.of(
        LongStream.concat(LongStream.of(first.sizes()), LongStream.of(second.sizes())).toArray());
  }

  /** The dimensions from {@code begin} on and before {@code end}, counted from the front. */
  static Shape part(Shape shape, int begin, int end) {
    return Shape.of(Arrays.copyOfRange(shape.sizes(), begin, end));
  }

  /** The shape without its last {@code count} dimensions. */
  static Shape leading(Shape shape, int count) {
    return part(shape, 0, shape.rank() - count);
  }

  /** The sizes that are known of these. */
  static Shape of(Dim... sizes) {
    return Shape.of(Arrays.stream(sizes).mapToLong(Dim::known).toArray());
  }

  /** Product of two sizes. */
  static long product(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.multiplyExact(a, b);
  }

  /** Sum of two sizes. */
  static long sum(long a, long b) {
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.addExact(a, b);
  }

  /** The lesser of two sizes. */
  static long lesser(long a, long b) {
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.min(a, b);
  }

  /** Known sizes of a shape that is both {@code a} and {@code b}, which have one rank. */
  static Shape merged(Shape a, Shape b) {
    long[] sizes = a.sizes();
    for (int d = 0; d < sizes.length; d++) {
      sizes[d] = common(sizes[d], b.size(d));
    }
    return Shape.of(sizes);
  }

  private static List<Long> list(Shape shape) {
    return new ArrayList<>(LongStream.of(shape.sizes()).boxed().toList());
  }

  private static Shape of(List<Long> sizes) {
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }
}
