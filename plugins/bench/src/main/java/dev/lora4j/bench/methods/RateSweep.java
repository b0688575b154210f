package dev.lora4j.bench.methods;

import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * The search of a learning rate: three rates, each about three times the one before, and further
 * ones while the best is at an end.
 */
final class RateSweep {
  /** Rates of a decade; a rate and the next are 3 or 3.3 times apart. */
  private static final double[] STEPS = {1, 3};

  private RateSweep() {}

  /**
   * Values by rate.
   *
   * @param start the rate in the middle
   * @param most how many rates are tried at most
   * @param value of a rate, of which more is better; NaN for one that failed
   */
  static SortedMap<Double, Double> tried(double start, int most, DoubleUnaryOperator value) {
    SortedMap<Double, Double> tried = new TreeMap<>();
    for (double rate : new double[] {start, next(start), before(start)}) {
      if (tried.size() < most) {
        tried.put(rate, value.applyAsDouble(rate));
      }
    }
    while (tried.size() < most) {
      double best = best(tried);
      double further =
          best == tried.lastKey() ? next(best) : best == tried.firstKey() ? before(best) : best;
      if (further == best) {
        break;
      }
      tried.put(further, value.applyAsDouble(further));
    }
    return tried;
  }

  /** The rate with the greatest value; of equal ones the least. */
  static double best(SortedMap<Double, Double> tried) {
    return tried.entrySet().stream()
        .filter(e -> !Double.isNaN(e.getValue()))
        .max(
            Comparator.<Map.Entry<Double, Double>>comparingDouble(e -> e.getValue())
                .thenComparing(e -> -e.getKey()))
        .orElse(tried.entrySet().iterator().next())
        .getKey();
  }

  private static double next(double rate) {
    return moved(rate, 1);
  }

  private static double before(double rate) {
    return moved(rate, -1);
  }

  /** The next rate on 1, 3, 10, 30 ... times the power of ten, or three times another rate. */
  private static double moved(double rate, int by) {
    for (int power = -12; power <= 3; power++) {
      for (int i = 0; i < STEPS.length; i++) {
        if (Math.abs(rate / rate(power, i) - 1) < 1e-9) {
          int at = power * STEPS.length + i + by;
          return rate(Math.floorDiv(at, STEPS.length), Math.floorMod(at, STEPS.length));
        }
      }
    }
    return by > 0 ? 3 * rate : rate / 3;
  }

  private static double rate(int power, int step) {
    return Double.parseDouble(STEPS[step] + "e" + power);
  }
}
