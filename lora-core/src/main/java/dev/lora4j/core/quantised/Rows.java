package dev.lora4j.core.quantised;

/** Rows of a weight on the heap. */
final class Rows {
  private Rows() {}

  /** The greatest absolute value of some numbers. */
  static float greatest(float[] values, int begin, int count) {
    float most = 0;
    for (int i = begin; i < begin + count; i++) {
      most = Math.max(most, Math.abs(values[i]));
    }
    return most;
  }
}
