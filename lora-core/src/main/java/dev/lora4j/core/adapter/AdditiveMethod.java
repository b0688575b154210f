package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import java.util.OptionalInt;

/**
 * A method whose effect is a sum: {@code W + weight * scale * delta}, with a delta that depends on
 * neither the weight nor other adapters. Such sums commute.
 */
public interface AdditiveMethod extends AdapterMethod {
  /** Parameter of the layer that receives the delta. */
  default LayerParameter target(FactorStructure factors) {
    return LayerParameter.WEIGHT;
  }

  /**
   * Scale of {@link #delta} at weight 1.
   *
   * @param factors the structure with all its sizes
   */
  double scale(FactorStructure factors);

  /**
   * Factors of this method as those of a LoRA, if they are one in another form; else as they are.
   */
  default Factors lora(Factors factors) {
    return factors;
  }

  /** The change of the parameter at scale 1, in the parameter's shape and the factors' type. */
  Expr delta(Site site, StagedFactors factors);

  /**
   * Rank of the product {@link #lowRank}; empty if none is exact and smaller than the weight.
   *
   * @param factors the structure with all its sizes
   */
  default OptionalInt rank(Site site, FactorStructure factors) {
    return OptionalInt.empty();
  }

  /** The delta as a product of two factors; called only where there is a {@link #rank}. */
  default LowRank lowRank(Site site, StagedFactors factors) {
    throw new AdapterException(
        "The method " + name() + " has no product of two factors at " + site.name() + ".");
  }

  /**
   * The delta's contribution to the layer's output at scale 1, for the weight of linear layers and
   * convolutions.
   *
   * @param x the layer's input: [batch, ..., in] or [batch, in, height, width]
   */
  default Expr unmerged(Site site, Expr x, StagedFactors factors) {
    return LayerMath.apply(site, x, delta(site, factors));
  }
}
