package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Settings for all spatial dimensions, or one for each. */
final class PerDimension {
  private PerDimension() {}

  static List<Integer> of(int... values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** An unmodifiable copy; refuses an empty list and values below {@code least}. */
  static List<Integer> checked(String setting, int least, List<Integer> values) {
    if (values.isEmpty() || values.stream().anyMatch(v -> v < least)) {
      throw new TensorException(
          setting
              + " expects one number for all dimensions, or one for each, from "
              + least
              + "; found "
              + values
              + ".");
    }
    return List.copyOf(values);
  }

  /** One value for each of {@code dimensions}. */
  static List<Integer> spread(
      String operator, Expr at, String setting, List<Integer> given, int dimensions) {
    if (given.size() == 1) {
      return Collections.nCopies(dimensions, given.get(0));
    }
    if (given.size() != dimensions) {
      throw Mismatch.of(
          operator, at, "1 or " + dimensions + " numbers as " + setting, given.toString());
    }
    return given;
  }
}
