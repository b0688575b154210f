package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import java.util.List;
import java.util.Map;

/**
 * A change of the factors after each step of the optimizer, as a part of the step: it sees the
 * weights after the step with the gradient before it. What it remembers from step to step are its
 * slots, which checkpoints store.
 */
public interface StepRule extends Canonical {
  /**
   * What a rule is made for.
   *
   * @param steps of the run
   * @param layers those that its method trains
   */
  record Run(int steps, Map<Site, SiteRecipe> layers) {}

  /** One tensor of a layer in a step. */
  interface Factor {
    /** Canonical name of the layer. */
    String site();

    /** Its name among the tensors of the layer. */
    String part();

    /** Its values, to be changed in place. */
    Expr values();

    /** Gradient of the step, of the same shape. */
    Expr gradient();

    /** A slot, of the same shape, to be changed in place. */
    Expr slot(String name);
  }

  /** A step as a rule sees it. */
  interface Step {
    /** Graph that the step is staged in. */
    Graph graph();

    /** The type of factors, gradients and slots. */
    DType type();

    /** The number of this step, from 1, without those that were skipped; a scalar F64. */
    Expr count();

    /** True if the step is taken; a scalar BOOL. */
    Expr taken();

    /** The tensors that its method trains. */
    List<Factor> factors();

    /**
     * Stages that {@code target} becomes {@code value} where {@code condition} holds and the step
     * is taken.
     */
    void replace(Expr target, Expr value, Expr condition);
  }

  /**
   * Names of its slots, of lower-case letters and underscores: a number for each element of the
   * factors, 0 before the first step.
   */
  List<String> slots();

  /** Stages its part of a step; without effect to the last bit if the step is not taken. */
  void stage(Step step);
}
