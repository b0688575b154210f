package dev.lora4j.core.tensor;

import java.util.function.LongUnaryOperator;

/** Arithmetic of sizes of which some are {@link Shape#UNKNOWN}. */
final class Sizes {
  private Sizes() {}

  /** {@code change} of a size if it is known. */
  static long map(long size, LongUnaryOperator change) {
    return size == Shape.UNKNOWN ? size : change.applyAsLong(size);
  }

  /** Whether two sizes may turn out to be equal. */
  static boolean agree(long a, long b) {
    return a == b || a == Shape.UNKNOWN || b == Shape.UNKNOWN;
  }

  /** The size that two sizes stand for if they are equal: the one that is known. */
  static long common(long a, long b) {
    return a == Shape.UNKNOWN ? b : a;
  }

  /** Whether a size may turn out to divide by {@code divisor}. */
  static boolean divides(long size, long divisor) {
    return size == Shape.UNKNOWN || size % divisor == 0;
  }
}
