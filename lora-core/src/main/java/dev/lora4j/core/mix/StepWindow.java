package dev.lora4j.core.mix;

/**
 * One value during a part of the steps.
 *
 * @param value while it takes part; may be negative
 * @param from share of the steps before it begins, 0 to 1
 * @param to share of the steps after which it ends, 0 to 1
 */
public record StepWindow(double value, double from, double to) implements Weight {
  /** Checks the range. */
  public StepWindow {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a weight must be a number, found " + value);
    }
    if (!(0 <= from && from <= to && to <= 1)) {
      throw new IllegalArgumentException(
          "a weight's steps must be 0 <= from <= to <= 1, found " + from + " to " + to);
    }
  }

  @Override
  public boolean constant() {
    return from == 0 && to == 1;
  }

  @Override
  public double at(int step, int steps) {
    double progress = Weight.progress(step, steps);
    return constant() || (progress >= from && progress < to) ? value : 0;
  }

  @Override
  public Weight valued(double other) {
    return new StepWindow(other, from, to);
  }

  @Override
  public String text() {
    String number = WeightSyntax.number(value);
    return constant()
        ? number
        : number + ":" + WeightSyntax.number(from) + "-" + WeightSyntax.number(to);
  }
}
