package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Messages of errors that are found while staging. */
final class Mismatch {
  private Mismatch() {}

  static TensorException of(String operator, Expr at, String expected, String found) {
    return of(operator, at.graph(), expected, found);
  }

  static TensorException of(String operator, Graph graph, String expected, String found) {
    String layer = graph.layer();
    return new TensorException(
        operator
            + (layer.isEmpty() ? "" : " in layer " + layer)
            + " (staged at "
            + CallSite.outside()
            + ") expects "
            + expected
            + ", found "
            + found
            + ".");
  }

  /**
   * Refuses operands that do not fit.
   *
   * @param found the operands that the message describes; the first gives the layer
   * @throws TensorException unless {@code fits}
   */
  static void require(boolean fits, String operator, String expected, Expr... found) {
    if (!fits) {
      throw of(operator, found[0], expected, described(found));
    }
  }

  /** For example {@code F32 [2, ?] and I64 [3]}. */
  static String described(Expr... operands) {
    return Arrays.stream(operands)
        .map(e -> e.dtype() + " " + e.shape())
        .collect(Collectors.joining(" and "));
  }
}
