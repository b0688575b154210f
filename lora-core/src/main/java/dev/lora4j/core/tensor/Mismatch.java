package dev.lora4j.core.tensor;

/** Messages of errors that are found while staging. */
final class Mismatch {
  private Mismatch() {}

  static TensorException of(String operator, Expr at, String expected, String found) {
    String layer = at.graph().layer();
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
}
