package dev.lora4j.core.mix;

/**
 * How much of an adapter takes part, as a function of how far the image has come.
 *
 * @param value while it takes part; may be negative
 * @param from share of the steps before it begins, 0 to 1
 * @param to share of the steps after which it ends, 0 to 1
 */
public record Weight(double value, double from, double to) {
  /** Checks the range. */
  public Weight {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a weight must be a number, found " + value);
    }
    if (!(0 <= from && from <= to && to <= 1)) {
      throw new IllegalArgumentException(
          "a weight's steps must be 0 <= from <= to <= 1, found " + from + " to " + to);
    }
  }

  /** The same at every step. */
  public static Weight of(double value) {
    return new Weight(value, 0, 1);
  }

  /** {@code value} between two shares of the steps, nothing before and after. */
  public static Weight steps(double from, double to, double value) {
    return new Weight(value, from, to);
  }

  /** Whether it is the same at every step. */
  public boolean constant() {
    return from == 0 && to == 1;
  }

  /** The weight in step {@code step} (from 0) of {@code steps}. */
  public double at(int step, int steps) {
    double progress = (step + 0.5) / steps;
    return (progress >= from && progress < to) || constant() ? value : 0;
  }
}
