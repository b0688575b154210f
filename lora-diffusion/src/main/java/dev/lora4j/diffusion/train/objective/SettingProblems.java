package dev.lora4j.diffusion.train.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects the problems of settings, to report all of them at once. */
final class SettingProblems {
  private final List<String> problems = new ArrayList<>();

  /** A number from {@code low} to {@code high}, both included. */
  SettingProblems within(String option, double value, double low, double high) {
    return that(
        value >= low && value <= high,
        option + " is " + number(value) + "; it goes from " + number(low) + " to " + number(high));
  }

  /** A finite number above {@code low}. */
  SettingProblems above(String option, double value, double low) {
    return that(
        value > low && Double.isFinite(value),
        option + " is " + number(value) + "; it is a finite number above " + number(low));
  }

  /** A finite number. */
  SettingProblems finite(String option, double value) {
    return that(Double.isFinite(value), option + " is " + value + "; it is a finite number");
  }

  /** Adds the problem unless the condition holds. */
  SettingProblems that(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
    return this;
  }

  /**
   * Ends the list.
   *
   * @throws IllegalArgumentException with all problems, if there are any
   */
  void check() {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join(".\n", problems) + ".");
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
