package dev.lora4j.core.mix;

/** Order of adapters at one site, where a method depends on the weight it acts on. */
public enum AdapterOrder {
  /**
   * Each adapter acts on the result of those before it in the plan. Additive methods give the same
   * in any order.
   */
  IN_TURN,
  /** The change of each is computed from the base's own weight, and the changes add up. */
  FROM_BASE
}
