package dev.lora4j.core.train;

/**
 * Scale of the loss and its rule: halved by a step whose gradient was not finite, doubled after
 * {@value #GROWTH_INTERVAL} steps in a row without one, as PyTorch's scaler does.
 *
 * @param scale a power of two, so that multiplying and dividing round nothing
 * @param streak steps since it last changed
 */
public record LossScale(double scale, long streak) {
  /** Steps without overflow before the scale grows. */
  public static final int GROWTH_INTERVAL = 2000;

  /** Initial scale. */
  public static final LossScale FIRST = new LossScale(65536, 0);

  private static final double GREATEST = 0x1p40;
  private static final double LEAST = 0x1p-40;

  /** Checks that it is a power of two. */
  public LossScale {
    if (!(scale > 0)
        || Double.isInfinite(scale)
        || Math.scalb(1.0, Math.getExponent(scale)) != scale) {
      throw new IllegalArgumentException("a loss scale must be a power of two, found " + scale);
    }
  }

  /** The scale after a step. */
  public LossScale after(boolean skipped) {
    if (skipped) {
      return new LossScale(Math.max(LEAST, scale / 2), 0);
    }
    return streak + 1 < GROWTH_INTERVAL
        ? new LossScale(scale, streak + 1)
        : new LossScale(Math.min(GREATEST, scale * 2), 0);
  }
}
