package dev.lora4j.core.tensor;

import dev.lora4j.core.identity.Canonical;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Sizes of a tensor's dimensions. While a program is staged a size may be {@link #UNKNOWN}, because
 * programs do not depend on batch, resolution or rank.
 *
 * <p>Instances are immutable and compare by content.
 */
public final class Shape implements Canonical {
  /** A size that is only known when the program runs. Prints as {@code ?}. */
  public static final long UNKNOWN = -1;

  private final long[] sizes;

  private Shape(long[] sizes) {
    this.sizes = sizes;
  }

  /**
   * A shape of these sizes; none makes a scalar.
   *
   * @throws IllegalArgumentException if a size is below {@link #UNKNOWN}
   */
  public static Shape of(long... sizes) {
    for (long size : sizes) {
      if (size < UNKNOWN) {
        throw new IllegalArgumentException("negative size in " + Arrays.toString(sizes));
      }
    }
    return new Shape(sizes.clone());
  }

  /** Number of dimensions. */
  public int rank() {
    return sizes.length;
  }

  /** Size of dimension {@code d}; negative {@code d} counts from the end. */
  public long size(int d) {
    return sizes[d < 0 ? d + sizes.length : d];
  }

  /** The sizes, as a fresh array. */
  public long[] sizes() {
    return sizes.clone();
  }

  /** Returns true if every size is known. */
  public boolean known() {
    return LongStream.of(sizes).noneMatch(s -> s == UNKNOWN);
  }

  /**
   * Product of the sizes; 1 for a scalar.
   *
   * @throws ArithmeticException on overflow
   * @throws IllegalStateException if a size is unknown
   */
  public long elements() {
    if (!known()) {
      throw new IllegalStateException("shape " + this + " is not fully known");
    }
    // A zero anywhere makes the product zero, whatever the other factors would overflow to.
    if (LongStream.of(sizes).anyMatch(s -> s == 0)) {
      return 0;
    }
    long product = 1;
    for (long size : sizes) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  /** This shape with dimension {@code d} replaced; negative {@code d} counts from the end. */
  public Shape with(int d, long size) {
    long[] copy = sizes.clone();
    copy[d < 0 ? d + copy.length : d] = size;
    return of(copy);
  }

  /** This shape with every unknown size replaced by {@code size}. */
  public Shape filled(long size) {
    return of(LongStream.of(sizes).map(s -> s == UNKNOWN ? size : s).toArray());
  }

  /** Returns true if a tensor of shape {@code other} fits this shape. */
  public boolean admits(Shape other) {
    if (rank() != other.rank()) {
      return false;
    }
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] != UNKNOWN && other.sizes[d] != UNKNOWN && sizes[d] != other.sizes[d]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** For example {@code [4, 3, ?, ?]}. */
  @Override
  public String toString() {
    return canonical();
  }

  @Override
  public String canonical() {
    return LongStream.of(sizes)
        .mapToObj(s -> s == UNKNOWN ? "?" : Long.toString(s))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
