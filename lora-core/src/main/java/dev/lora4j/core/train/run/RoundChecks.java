package dev.lora4j.core.train.run;

import dev.lora4j.core.train.HeldOptimizer;
import dev.lora4j.core.train.MaskedOptimizer;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;

/** Refuses, before the first step, what cannot be trained in rounds. */
final class RoundChecks {
  private static final String INSTEAD = " Send gradients at every step (local steps = 1).";

  private RoundChecks() {}

  /**
   * Checks what is trained and how.
   *
   * @param parts that each step is divided into
   * @throws IllegalArgumentException with what is in the way
   */
  static void require(AdapterPlan plan, TrainingSettings settings, int parts) {
    Optimizer optimizer = settings.optimizer(plan);
    if (optimizer instanceof MaskedOptimizer || optimizer instanceof HeldOptimizer) {
      throw new IllegalArgumentException(
          "The method "
              + plan.recipe().method().name()
              + " chooses after each step what is trained in the next one, which machines that"
              + " take steps of their own would choose differently."
              + INSTEAD);
    }
    if (parts > 1) {
      plan.sites().keySet().forEach(site -> ChangeForms.require(plan, site));
      optimizer.memories().forEach(slot -> require(slot, settings.optimizer().name()));
    }
  }

  private static void require(OptimizerSlot slot, String optimizer) {
    if (slot instanceof OptimizerSlot.Codes) {
      throw new IllegalArgumentException(
          "The optimiser '"
              + optimizer
              + "' remembers codes of numbers, of which there is no mean for what several machines"
              + " have learned. Take one that is not in 8 bits, for example adamw."
              + INSTEAD);
    }
    if (slot instanceof OptimizerSlot.Vector vector && vector.weights()) {
      throw new IllegalArgumentException(
          "The optimiser '"
              + optimizer
              + "' keeps weights of its own beside those that are trained; a mean of changes would"
              + " be that of one of them alone. Take another one, for example adamw."
              + INSTEAD);
    }
  }

  /** Refuses a loss that changes with the run: parts would change it differently. */
  static void require(TrainingTask task) {
    if (!task.state().isEmpty()) {
      throw new IllegalArgumentException(
          "The loss of this training changes with each step ("
              + String.join(", ", task.state().keySet())
              + "), and differently on machines that take steps of their own."
              + INSTEAD);
    }
  }
}
