package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;

/** Adapters that see only the input and the output of a layer. */
@FunctionalInterface
public interface SiteAdapters extends LayerAdapters {
  /** Adds nothing anywhere. */
  SiteAdapters NONE = (site, x, y) -> y;

  /**
   * The output of {@code site} with its adapters.
   *
   * @param x the layer's input
   * @param y the output of the layer alone
   */
  Expr adapt(Site site, Expr x, Expr y);

  @Override
  default Expr around(SiteLayer layer, Expr x) {
    return adapt(layer.site(), x, layer.output(x));
  }
}
