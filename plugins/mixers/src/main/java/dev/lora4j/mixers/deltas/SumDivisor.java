package dev.lora4j.mixers.deltas;

/** Divisor of the sum of those that agree. */
public enum SumDivisor {
  /** Their number, which gives their mean (Yadav et al. 2023). */
  COUNT,
  /** The sum of their weights, as mergekit does. */
  WEIGHTS,
  /** No division. */
  NONE
}
