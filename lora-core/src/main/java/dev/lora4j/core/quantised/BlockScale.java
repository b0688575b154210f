package dev.lora4j.core.quantised;

/**
 * Scale of a block while it is rounded: whole blocks are multiplied by its reciprocal, the rest at
 * the end of a weight is divided by it, as in bitsandbytes.
 *
 * @param most the scale
 */
record BlockScale(float most, boolean whole) {
  /** The least scale that is divided by, so that a block of zeros stays zeros. */
  private static final float LEAST = 1e-38f;

  static BlockScale of(float most, boolean whole) {
    return new BlockScale(whole ? most : Math.max(most, LEAST), whole);
  }

  /** Part of the scale that a value is, from -1 to 1. */
  float share(float value) {
    float share = whole ? value * (1 / Math.max(most, LEAST)) : value / most;
    return Math.max(-1, Math.min(1, share));
  }
}
