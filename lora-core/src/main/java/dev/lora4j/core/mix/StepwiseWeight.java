package dev.lora4j.core.mix;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A weight with a value of its own in each of several parts of the steps, all of one length. With
 * as many values as an image has steps, that is one for each step.
 *
 * @param values in the order of the steps, at least two
 */
public record StepwiseWeight(List<Double> values) implements Weight {
  /** Copies the values and checks them. */
  public StepwiseWeight {
    values = List.copyOf(values);
    if (values.size() < 2) {
      throw new IllegalArgumentException(
          "a weight's table needs at least two values, found " + values.size());
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a weight must be a number, found " + value);
      }
    }
  }

  @Override
  public double at(int step, int steps) {
    // In whole numbers, so that a table of so many steps never misses one of them.
    long middle = (2L * step + 1) * values.size();
    return values.get((int) (middle / (2L * steps)));
  }

  @Override
  public double value() {
    return farthest(values);
  }

  /** The value farthest from 0, the first of several. */
  static double farthest(List<Double> values) {
    double farthest = values.get(0);
    for (double value : values) {
      farthest = Math.abs(value) > Math.abs(farthest) ? value : farthest;
    }
    return farthest;
  }

  @Override
  public boolean constant() {
    return values.stream().allMatch(v -> v.equals(values.get(0)));
  }

  /** A copy with all values in proportion; a table that is 0 everywhere becomes level. */
  @Override
  public Weight valued(double other) {
    double now = value();
    return now == other
        ? this
        : new StepwiseWeight(
            values.stream()
                .map(v -> now == 0 ? (Double) other : (Double) (v / now * other))
                .toList());
  }

  @Override
  public String text() {
    return values.stream().map(WeightSyntax::number).collect(Collectors.joining(","));
  }
}
