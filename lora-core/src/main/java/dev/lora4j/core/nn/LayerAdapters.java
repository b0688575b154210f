package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;

/** Effect of adapters on the layers of a network. */
@FunctionalInterface
public interface LayerAdapters {
  /** No adapters: each layer alone. */
  LayerAdapters NONE = SiteLayer::output;

  /**
   * The output of {@code layer} with its adapters, which may use other weights in place of its own
   * or another input.
   *
   * @param x the layer's input
   */
  Expr around(SiteLayer layer, Expr x);
}
