package dev.lora4j.server.a1111;

/** Blur that is close to Gauss's: three means over windows, with the edges drawn out. */
final class Blur {
  private static final int PASSES = 3;

  private Blur() {}

  /**
   * Blurs a plane in place.
   *
   * @param plane [height, width]
   * @param across standard deviation in pixels from left to right; 0 for none
   * @param down likewise from top to bottom
   */
  static void apply(float[] plane, int width, int height, double across, double down) {
    for (int y = 0; across > 0 && y < height; y++) {
      line(plane, y * width, 1, width, across);
    }
    for (int x = 0; down > 0 && x < width; x++) {
      line(plane, x, width, height, down);
    }
  }

  private static void line(float[] plane, int from, int stride, int length, double deviation) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = plane[from + i * stride];
    }
    // Three windows of the size w have the variance (w * w - 1) / 4.
    int radius = (int) Math.max(1, Math.rint((Math.sqrt(4 * deviation * deviation + 1) - 1) / 2));
    for (int pass = 0; pass < PASSES; pass++) {
      values = mean(values, radius);
    }
    for (int i = 0; i < length; i++) {
      plane[from + i * stride] = (float) values[i];
    }
  }

  private static double[] mean(double[] values, int radius) {
    double[] means = new double[values.length];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      sum += at(values, i);
    }
    for (int i = 0; i < values.length; i++) {
      means[i] = sum / (2 * radius + 1);
      sum += at(values, i + radius + 1) - at(values, i - radius);
    }
    return means;
  }

  private static double at(double[] values, int i) {
    return values[Math.min(values.length - 1, Math.max(0, i))];
  }
}
