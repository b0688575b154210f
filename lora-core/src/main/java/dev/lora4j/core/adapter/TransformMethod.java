package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;

/**
 * A method whose effect depends on the weight it acts on, so that the order of adapters matters.
 */
public interface TransformMethod extends AdapterMethod {
  /**
   * The new weight, F32. Steps that lose digits, such as inverses, are computed in F64.
   *
   * @param weight as the adapters before this one left it, in the layer's shape, F32
   * @param strength a scalar, F32; 0 gives the weight unchanged, 1 the full effect
   */
  Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength);

  /** Whether it also changes the layer's bias, where there is one. */
  default boolean changesBias(FactorStructure factors) {
    return false;
  }

  /** The new bias [out]; arguments as for {@link #transform}. */
  default Expr transformBias(Site site, Expr bias, StagedFactors factors, Expr strength) {
    return bias;
  }

  /**
   * Whether it stands for what the base has at a layer, so that of the factors of one adapter its
   * own act first.
   */
  default boolean replaces() {
    return false;
  }

  /**
   * Whether the effect of a method {@code earlier} in the order is lost when this one acts after it
   * at the same site, so that a mix of both in turn would not be what was asked for.
   */
  default boolean overrides(FactorStructure earlier) {
    return false;
  }
}
