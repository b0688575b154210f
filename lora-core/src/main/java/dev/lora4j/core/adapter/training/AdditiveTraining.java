package dev.lora4j.core.adapter.training;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;

/** Training of a method whose effect is a sum, so that DoRA can be put around it. */
public interface AdditiveTraining extends TrainableMethod {
  /**
   * The change of the weight, scaled, in the weight's shape and the type of the factors; nothing is
   * dropped of it.
   */
  Expr delta(Site site, TrainedFactors factors);

  /**
   * The change's contribution to the layer's output, scaled, with all dropouts except module
   * dropout.
   *
   * @param x the layer's input
   * @return in x's type
   */
  Expr unmerged(Site site, Expr x, TrainedFactors factors);

  @Override
  default Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Expr y = layer.output(x);
    return y.add(unmerged(layer.site(), x, factors.moduleKept()));
  }
}
