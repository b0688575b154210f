package dev.lora4j.core.adapter.pruning;

import java.util.BitSet;

/** The least of many scores, found in linear time. */
final class Selection {
  private static final int HALF = Short.SIZE;

  private Selection() {}

  /** All numbers below {@code count}. */
  static BitSet all(int count) {
    BitSet all = new BitSet(count);
    all.set(0, count);
    return all;
  }

  /**
   * The {@code count} of {@code among} with the least scores; of equal ones those that come first.
   *
   * @param scores not negative, finite
   */
  static BitSet least(float[] scores, BitSet among, int count) {
    BitSet chosen = new BitSet(scores.length);
    if (count <= 0) {
      return chosen;
    }
    if (count >= among.cardinality()) {
      chosen.or(among);
      return chosen;
    }
    int threshold = threshold(scores, among, count);
    int left = count;
    for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
      if (bits(scores[i]) < threshold) {
        chosen.set(i);
        left--;
      }
    }
    for (int i = among.nextSetBit(0); i >= 0 && left > 0; i = among.nextSetBit(i + 1)) {
      if (bits(scores[i]) == threshold) {
        chosen.set(i);
        left--;
      }
    }
    return chosen;
  }

  /** The {@code count} of {@code among} with the greatest scores. */
  static BitSet greatest(float[] scores, BitSet among, int count) {
    BitSet chosen = new BitSet(scores.length);
    chosen.or(among);
    chosen.andNot(least(scores, among, among.cardinality() - count));
    return chosen;
  }

  /** The bits of the greatest score that is chosen: those of numbers from 0 on have their order. */
  private static int threshold(float[] scores, BitSet among, int count) {
    int[] upper = new int[1 << HALF];
    for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
      upper[bits(scores[i]) >>> HALF]++;
    }
    int left = count;
    int high = 0;
    while (left > upper[high]) {
      left -= upper[high++];
    }
    int[] lower = new int[1 << HALF];
    for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
      int bits = bits(scores[i]);
      if (bits >>> HALF == high) {
        lower[bits & 0xffff]++;
      }
    }
    int low = 0;
    while (left > lower[low]) {
      left -= lower[low++];
    }
    return high << HALF | low;
  }

  /** Adding 0 makes a negative zero a positive one. */
  private static int bits(float score) {
    return Float.floatToRawIntBits(score + 0f);
  }
}
