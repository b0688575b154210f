package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;

/**
 * A parameter of one site in two checkpoints of the same model.
 *
 * @param before that of the base
 * @param after that of the model that was trained from it
 */
public record Difference(Site site, LayerParameter target, Source before, Source after) {
  /** Reads one parameter when it is needed, so that a checkpoint never lies in memory whole. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads it.
     *
     * @param scope owner of the result
     * @return with as many elements as the site's parameter has, in its order; of any type of
     *     floating-point numbers
     */
    Tensor read(Scope scope);
  }
}
