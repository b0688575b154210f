package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.LayerParameter;

/**
 * One adapter of a weighted sum.
 *
 * @param weight may be negative
 * @param share what share of the weight counts at which parameter
 */
public record Term(Adapter adapter, double weight, Share share) {
  /** A share of a weight, by parameter. */
  @FunctionalInterface
  public interface Share {
    /** The whole weight everywhere. */
    Share ALL = (site, target) -> 1;

    /** The share at a parameter of a site; 0 leaves it out. */
    double at(String site, LayerParameter target);
  }

  /** Checks the weight. */
  public Term {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "the weight of " + adapter.name() + " must be a finite number, found " + weight);
    }
  }

  /** An adapter whose weight counts everywhere. */
  public Term(Adapter adapter, double weight) {
    this(adapter, weight, Share.ALL);
  }

  /** The weight at a parameter of a site. */
  double at(String site, LayerParameter target) {
    return weight * share.at(site, target);
  }
}
