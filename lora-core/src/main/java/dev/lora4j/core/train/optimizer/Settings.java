package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.spi.NearestNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Numbers by name, of which an optimiser takes those that it knows. All that is wrong is told. */
final class Settings {
  /** Which numbers make sense. */
  enum Range {
    DECAY("from 0 to below 1"),
    AMOUNT("0 or a number above"),
    POSITIVE("a number above 0"),
    NEGATIVE("a number below 0"),
    GROWTH("1 or a number above, which may be infinite"),
    FLAG("0 or 1"),
    ON("1, as there is no other form");

    private final String text;

    Range(String text) {
      this.text = text;
    }

    boolean contains(double x) {
      return switch (this) {
        case DECAY -> x >= 0 && x < 1;
        case AMOUNT -> x >= 0 && Double.isFinite(x);
        case POSITIVE -> x > 0 && Double.isFinite(x);
        case NEGATIVE -> x < 0 && Double.isFinite(x);
        case GROWTH -> x >= 1;
        case FLAG -> x == 0 || x == 1;
        case ON -> x == 1;
      };
    }
  }

  private final Map<String, Double> given;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<String> faults = new ArrayList<>();

  Settings(Map<String, Double> given) {
    this.given = new TreeMap<>(given);
  }

  /** The number given, or {@code otherwise}, which also stands in for one that makes no sense. */
  double number(String name, Range range, double otherwise) {
    known.add(name);
    double value = given.getOrDefault(name, otherwise);
    if (given.containsKey(name) && !range.contains(value)) {
      faults.add("'" + name + "' is " + value + ", and must be " + range.text);
      return otherwise;
    }
    return value;
  }

  /** What is on where 1 is given, off where 0 is. */
  boolean flag(String name, boolean otherwise) {
    return number(name, Range.FLAG, otherwise ? 1 : 0) == 1;
  }

  /**
   * To be called when all were taken.
   *
   * @throws IllegalArgumentException telling all that {@code optimizer} does not take
   */
  void requireGood(String optimizer) {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        faults.add(
            "there is no '"
                + name
                + "', the nearest is '"
                + NearestNames.of(name, known, 1).get(0)
                + "'; there are "
                + String.join(", ", known));
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "Settings of the optimiser '" + optimizer + "': " + String.join("; ", faults) + ".");
    }
  }
}
