package dev.lora4j.text.align.unpaired;

import dev.lora4j.core.tensor.Expr;

/** Weights of good and bad completions. */
final class Weighted {
  private Weighted() {}

  static void require(double good, double bad) {
    if (!(good > 0 && bad > 0) || Double.isInfinite(good) || Double.isInfinite(bad)) {
      throw new IllegalArgumentException(
          "desirable_weight and undesirable_weight must be above 0, found %s and %s."
              .formatted(good, bad));
    }
  }

  /**
   * The weight of each completion.
   *
   * @param marks 1 for good ones, 0 for bad ones
   */
  static Expr by(Expr marks, double good, double bad) {
    return marks.mul(good - bad).add(bad);
  }
}
