package dev.lora4j.mixers.deltas;

/** What the sum of those that agree is divided by. */
public enum SumDivisor {
  /** How many they are, which gives their mean (Yadav et al. 2023). */
  COUNT,
  /** The sum of their weights, as mergekit does. */
  WEIGHTS,
  /** Nothing. */
  NONE
}
