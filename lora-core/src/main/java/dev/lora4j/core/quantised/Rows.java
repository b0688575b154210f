package dev.lora4j.core.quantised;

import java.util.stream.IntStream;

/** Rows of a weight on the heap. */
final class Rows {
  private Rows() {}

  /** Work on one row. */
  @FunctionalInterface
  interface Work {
    /**
     * Rounds a row.
     *
     * @param begin its first number
     * @param most its greatest absolute value
     */
    void on(int row, int begin, float most);
  }

  /** Works on all rows of some numbers, divided among processors. */
  static void each(float[] values, int rows, Work work) {
    int width = values.length / rows;
    IntStream.range(0, rows)
        .parallel()
        .forEach(row -> work.on(row, row * width, greatest(values, row * width, width)));
  }

  /** The greatest absolute value of some numbers. */
  static float greatest(float[] values, int begin, int count) {
    float most = 0;
    for (int i = begin; i < begin + count; i++) {
      most = Math.max(most, Math.abs(values[i]));
    }
    return most;
  }
}
