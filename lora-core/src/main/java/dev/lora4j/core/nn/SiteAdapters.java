package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;

/** What is added to the output of a layer beside its own weight. */
@FunctionalInterface
public interface SiteAdapters {
  /** Adds nothing anywhere. */
  SiteAdapters NONE = (site, x, y) -> y;

  /**
   * The output of {@code site} with its adapters.
   *
   * @param x the layer's input
   * @param y the output of the layer alone
   */
  Expr adapt(Site site, Expr x, Expr y);
}
