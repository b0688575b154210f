package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.Expr;

/**
 * 1 where something holds of a number and 0 elsewhere, F32, to be multiplied by. Made of signs,
 * which a processor takes many at once: comparisons, and what fills by them, go number by number.
 * What is not finite becomes NaN, which mixing refuses.
 */
final class Indicator {
  private Indicator() {}

  /** Indicator of numbers above 0. */
  static Expr positive(Expr numbers) {
    return numbers.sign().clampMin(0);
  }

  /** Indicator of numbers that are at least as great as others. */
  static Expr atLeast(Expr numbers, Expr least) {
    // A difference of two is 0 only where they are equal, also of the smallest.
    return numbers.sub(least).sign().add(1).clamp(0, 1);
  }

  /** Numbers with 1 in the place of 0, to divide by. */
  static Expr divisor(Expr numbers) {
    return numbers.add(numbers.sign().abs().neg().add(1));
  }
}
