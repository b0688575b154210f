package dev.lora4j.bench;

import java.util.Arrays;

/**
 * Quartiles of numbers.
 *
 * @param low first quartile
 * @param median the number in the middle, or between the two in the middle
 * @param high third quartile
 */
public record Spread(double low, double median, double high) {
  /** The spread of at least one number. */
  public static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Spread(quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
  }

  /** The median of at least one number. */
  public static double median(double... values) {
    return of(values).median();
  }

  /** Interpolated between neighbours, as NumPy does by default (type 7 of Hyndman and Fan 1996). */
  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no numbers have no spread");
    }
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
