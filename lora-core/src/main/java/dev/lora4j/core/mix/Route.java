package dev.lora4j.core.mix;

/** Where a model's adapters act while it runs. */
public enum Route {
  /** Whichever is estimated to take less time, by {@link RouteCost}. */
  AUTO,
  /** Inside the weights: nothing per step, but weights are made anew when a weight changes. */
  PATCHED,
  /**
   * Beside the weights, where the method can: a little per step, and nothing when a weight changes.
   */
  BESIDE
}
