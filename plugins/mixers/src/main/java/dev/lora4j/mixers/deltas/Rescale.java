package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.Expr;

/** Compensation for numbers that were dropped at random. */
public enum Rescale {
  /** Divides each that stays by the probability to stay, so that the mean is what it was. */
  PROBABILITY,
  /** Scales those that stay to the earlier sum of magnitudes, as mergekit does. */
  L1,
  /** No compensation. */
  NONE;

  /** A smaller sum of magnitudes counts as none. */
  private static final double NOTHING = 1e-7;

  /**
   * The change that is left.
   *
   * @param stays 1 or 0 in the shape of the change, F32
   * @param probability to stay, a scalar or of each number; F32
   */
  Expr change(Expr delta, Expr stays, Expr probability) {
    Expr left = delta.mul(stays);
    return switch (this) {
      case PROBABILITY -> left.div(probability);
      case L1 -> {
        Expr before = delta.abs().sum();
        Expr after = left.abs().sum();
        Expr ratio = before.div(after.clampMin(Float.MIN_NORMAL));
        Expr little = before.lt(NOTHING).or(after.lt(NOTHING));
        yield left.mul(ratio.maskedFill(little, 1));
      }
      case NONE -> left;
    };
  }
}
