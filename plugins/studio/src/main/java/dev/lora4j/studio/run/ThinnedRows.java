package dev.lora4j.studio.run;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Few rows of many, such that a curve through them looks like one through all: of each stretch the
 * least and the greatest loss, so that no spike is lost, and the same of validations.
 */
final class ThinnedRows {
  /** Most rows that are given. */
  static final int MOST = 2000;

  /** Most of them that are there for their validation. */
  private static final int VALIDATIONS = 500;

  private ThinnedRows() {}

  /**
   * Numbers of the rows, in order.
   *
   * @param from the first row that may be among them
   */
  static int[] of(LossRows rows, int from) {
    int count = rows.size() - from;
    if (count <= MOST) {
      return IntStream.range(from, rows.size()).toArray();
    }
    BitSet kept = new BitSet(rows.size());
    int[] validated =
        IntStream.range(from, rows.size())
            .filter(row -> !Float.isNaN(rows.number(row, LossRows.VALIDATION)))
            .toArray();
    keep(rows, validated, LossRows.VALIDATION, VALIDATIONS, kept);
    int[] all = IntStream.range(from, rows.size()).toArray();
    // The ends are always there.
    kept.set(from);
    kept.set(rows.size() - 1);
    keep(rows, all, LossRows.LOSS, MOST - kept.cardinality(), kept);
    return kept.stream().toArray();
  }

  /** Keeps the extremes of stretches of equal length. */
  private static void keep(LossRows rows, int[] from, int place, int most, BitSet kept) {
    if (from.length <= most) {
      for (int row : from) {
        kept.set(row);
      }
      return;
    }
    int stretches = most / 2;
    for (int i = 0; i < stretches; i++) {
      int begin = (int) ((long) i * from.length / stretches);
      int end = (int) ((long) (i + 1) * from.length / stretches);
      int least = from[begin];
      int greatest = from[begin];
      for (int j = begin; j < end; j++) {
        float value = height(rows, from[j], place);
        least = value < height(rows, least, place) ? from[j] : least;
        greatest = value > height(rows, greatest, place) ? from[j] : greatest;
      }
      kept.set(least);
      kept.set(greatest);
    }
  }

  /** A number that is not finite is the highest spike of all. */
  private static float height(LossRows rows, int row, int place) {
    float value = rows.number(row, place);
    return Float.isFinite(value) ? value : Float.POSITIVE_INFINITY;
  }
}
