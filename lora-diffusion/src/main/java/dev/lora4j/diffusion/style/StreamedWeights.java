package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;

/** Weights of a base that a training reads block by block. */
public final class StreamedWeights {
  private StreamedWeights() {}

  /**
   * Refuses trainings that cannot stay within the memory that the base was opened with: a block
   * that is not computed again keeps its weights for its gradient, and a look at the data before
   * the first step reads all weights.
   *
   * @throws IllegalArgumentException with what to set
   */
  public static void require(DiffusionModel base, StyleSettings settings, AdapterPlan plan) {
    if (base.weightsMemory().isEmpty()) {
      return;
    }
    String opened =
        base.path()
            + " was opened with "
            + base.weightsMemory().getAsLong()
            + " bytes of memory for weights.";
    if (!settings.checkpointing()) {
      throw new IllegalArgumentException(
          opened
              + " Training reads them block by block where it computes each block again for its"
              + " gradient; set checkpointing = true.");
    }
    if (plan.recipe().calibrates()) {
      throw new IllegalArgumentException(
          opened
              + " First factors or ranks by the data (init = "
              + plan.recipe().start()
              + ", ranks = "
              + plan.recipe().calibration().ranks()
              + ") look at all weights at once; take others, or leave the memory out.");
    }
  }
}
