package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * A layer during staging: its weights, and its formula for weights like them.
 *
 * @param weight in the shape of the site's weight
 * @param bias of one dimension, if the layer has one
 */
public record SiteLayer(Site site, Expr weight, Optional<Expr> bias, Formula formula) {
  /** Output of a layer as a function of its input; linear in weight and bias together. */
  @FunctionalInterface
  public interface Formula {
    /** The output for these weights. */
    Expr apply(Expr x, Expr weight, Optional<Expr> bias);
  }

  /** The output with the layer's own weights. */
  public Expr output(Expr x) {
    return formula.apply(x, weight, bias);
  }

  /** The output with other weights of the same shapes. */
  public Expr output(Expr x, Expr otherWeight, Optional<Expr> otherBias) {
    return formula.apply(x, otherWeight, otherBias);
  }
}
