package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;

/**
 * What adapters make of a layer: what is added to its output beside its own weight, or, by {@link
 * #around}, anything that depends on its weights.
 */
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

  /**
   * The output of {@code layer} with its adapters, which may use other weights in place of its own
   * or another input.
   *
   * @param x the layer's input
   */
  default Expr around(SiteLayer layer, Expr x) {
    return adapt(layer.site(), x, layer.output(x));
  }
}
