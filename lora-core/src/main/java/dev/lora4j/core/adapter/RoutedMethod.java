package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;

/**
 * A method whose effect depends on the layer's input, so that no weight has it: {@code y += weight
 * * scale * up (share(x) o down x)}. It is a product of two factors whose directions belong to
 * heads of equal size, one head after the other, and each head counts by the share that a router
 * gives it for an input. Such effects are a sum with those of other methods, and commute.
 *
 * <p>It acts on linear layers alone.
 */
public interface RoutedMethod extends AdapterMethod {
  /**
   * Scale of the product at weight 1.
   *
   * @param factors the structure with all its sizes
   */
  double scale(FactorStructure factors);

  /** Number of heads. */
  int heads(FactorStructure factors);

  /**
   * Directions of all heads together: the rank of {@link #lowRank}, a multiple of {@link #heads}.
   *
   * @param factors the structure with all its sizes
   */
  int rank(FactorStructure factors);

  /** The product without shares. */
  LowRank lowRank(Site site, StagedFactors factors);

  /**
   * The router [heads, in]: shares are the softmax, over the heads, of its product with an input.
   */
  HostTensor router(Factors factors);
}
