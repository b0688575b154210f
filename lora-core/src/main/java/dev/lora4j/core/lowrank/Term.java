package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;

/**
 * One adapter of a weighted sum.
 *
 * @param weight may be negative
 */
public record Term(Adapter adapter, double weight) {
  /** Checks the weight. */
  public Term {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "the weight of " + adapter.name() + " must be a finite number, found " + weight);
    }
  }
}
