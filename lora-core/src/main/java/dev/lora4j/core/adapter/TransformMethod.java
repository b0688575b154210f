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

  /** Returns true if the method also changes the layer's bias, where there is one. */
  default boolean changesBias(FactorStructure factors) {
    return false;
  }

  /** The new bias [out]; arguments as for {@link #transform}. */
  default Expr transformBias(Site site, Expr bias, StagedFactors factors, Expr strength) {
    return bias;
  }

  /**
   * Returns true if the method replaces the base's parameters, so that it acts first among the
   * factors of one adapter.
   */
  default boolean replaces() {
    return false;
  }

  /**
   * Returns true if this method cancels the effect of {@code earlier} when it acts after it at the
   * same site, so that applying both in turn would not mix them.
   */
  default boolean overrides(FactorStructure earlier) {
    return false;
  }
}
