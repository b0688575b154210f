package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Tensor;
import java.nio.IntBuffer;

/**
 * Counts of numbers by their magnitudes. Magnitudes of F32 are ordered as their bits are. So one
 * pass counts them by their upper 16 bits, a second those that share the upper bits of the one that
 * is looked for by their lower 16 bits, and that one is then known exactly.
 */
final class MagnitudeCounts {
  static final int UPPER = 1 << 15;
  static final int LOWER = 1 << 16;

  /** Stands for the upper bits in the first pass. */
  static final int ANY = -1;

  /** Rounding error of a share times a count. */
  private static final double ROUNDING = 1e-6;

  private MagnitudeCounts() {}

  /**
   * Number of the greatest that a share of all is, rounded up and at least one.
   *
   * @throws IllegalArgumentException if the share is none
   */
  static long rank(double density, long all) {
    if (!(density >= 0 && density <= 1)) {
      throw new IllegalArgumentException("a density is from 0 to 1, found " + density);
    }
    return Math.max(1, (long) Math.ceil(density * all - ROUNDING));
  }

  /** The place of the count that has the number of a rank, the greatest first. */
  static int place(long[] counts, long rank) {
    int at = counts.length;
    for (long left = rank; left > 0; ) {
      left -= counts[--at];
    }
    return at;
  }

  /** Sum of the counts behind a place. */
  static long above(long[] counts, int place) {
    long above = 0;
    for (int i = place + 1; i < counts.length; i++) {
      above += counts[i];
    }
    return above;
  }

  /** The magnitude with these bits. */
  static double magnitude(int high, int low) {
    return Float.intBitsToFloat(high << 16 | low);
  }

  /**
   * Counts F32 numbers by the upper bits of their magnitude.
   *
   * @param upper the upper bits of those to count by their lower bits, or {@link #ANY}
   */
  static void add(Tensor numbers, int upper, long[] counts) {
    IntBuffer buffer = numbers.bytes().asIntBuffer();
    int[] bits = new int[buffer.remaining()];
    buffer.get(bits);
    for (int value : bits) {
      int high = (value & Integer.MAX_VALUE) >>> 16;
      if (upper == ANY) {
        counts[high]++;
      } else if (high == upper) {
        counts[value & LOWER - 1]++;
      }
    }
  }
}
