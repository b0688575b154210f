package dev.lora4j.mixers.deltas;

/** The check that all mixers with a density share. */
final class Density {
  private Density() {}

  /** Refuses to keep nothing. */
  static void require(double density) {
    if (!(density > 0 && density <= 1)) {
      throw new IllegalArgumentException(
          "density is above 0 and at most 1, the share of the numbers that is kept, found "
              + density);
    }
  }
}
