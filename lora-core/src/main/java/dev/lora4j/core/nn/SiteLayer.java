package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * A layer during staging: its weights, and its formula for weights like them.
 *
 * @param weight in the shape of the site's weight
 * @param bias of one dimension, if the layer has one
 * @param use which of the uses of a layer that a network uses several times, from 0
 */
public record SiteLayer(Site site, Expr weight, Optional<Expr> bias, Formula formula, int use) {
  /** Output of a layer as a function of its input. */
  @FunctionalInterface
  public interface Formula {
    /** The output for these weights. */
    Expr apply(Expr x, Expr weight, Optional<Expr> bias);

    /**
     * The formula without what it adds to weights, linear in weight and bias together: by how much
     * a change of them changes the output.
     */
    default Formula linear() {
      return this;
    }
  }

  /** The output with the layer's own weights. */
  public Expr output(Expr x) {
    return formula.apply(x, weight, bias);
  }

  /** A copy whose output is by how much these weights would change the layer's. */
  public SiteLayer linear() {
    return new SiteLayer(site, weight, bias, formula.linear(), use);
  }

  /** A copy with another weight of the same shape. */
  public SiteLayer withWeight(Expr other) {
    return new SiteLayer(site, other, bias, formula, use);
  }

  /** A copy with another bias of the same shape. */
  public SiteLayer withBias(Expr other) {
    return new SiteLayer(site, weight, Optional.of(other), formula, use);
  }

  /** A copy without a bias. */
  public SiteLayer withoutBias() {
    return new SiteLayer(site, weight, Optional.empty(), formula, use);
  }
}
