package dev.lora4j.core.adapter.training;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;

/**
 * Training of a method whose change of a weight is a product of its tensors, each taking part once:
 * if each of n tensors is multiplied by c, the change is multiplied by the n-th power of c. That is
 * how a change is kept small while it is trained ({@code max_norm}).
 */
public interface ProductTraining extends TrainableMethod {
  /**
   * Frobenius norm of the change of the weight, unscaled and without dropout.
   *
   * @param factors in the type to compute in; none is anchored
   * @return [], in that type
   */
  Expr norm(Site site, TrainedFactors factors);
}
