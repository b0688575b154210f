package dev.lora4j.core.tensor;

import java.util.Collections;
import java.util.List;

/** Settings that are given once for all spatial dimensions, or once for each. */
final class PerDimension {
  private PerDimension() {}

  /** Boxed; refuses none at all and what is below {@code least}. */
  static List<Integer> of(String setting, int least, int... values) {
    List<Integer> list = java.util.Arrays.stream(values).boxed().toList();
    if (list.isEmpty() || list.stream().anyMatch(v -> v < least)) {
      throw new TensorException(
          setting + " is one number, or one for each dimension, from " + least + "; found " + list);
    }
    return list;
  }

  /** One for each of {@code dimensions}. */
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
