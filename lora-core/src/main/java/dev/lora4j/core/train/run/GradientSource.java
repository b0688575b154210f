package dev.lora4j.core.train.run;

/**
 * Computes the gradients of a run's steps, for example on several machines. What changes weights
 * stays where the run is: clipping, the optimizer, masks, averages, checkpoints, validation.
 *
 * <p>Each batch counts as much as the others, as in a run that computes them itself. With the same
 * gradients the run has the same bits as that one.
 */
@FunctionalInterface
public non-sealed interface GradientSource extends StepSource {
  /** That of a run which computes its gradients itself, where its weights change. */
  GradientSource OWN =
      step -> {
        throw new IllegalStateException("A run that computes its own gradients asks nobody.");
      };

  /**
   * Computes the gradients of all batches of a step.
   *
   * @return the shares of all that computed some, joined in the order of the batches
   * @throws TrainingFailure if they cannot be computed
   */
  GradientShare gradients(SharedStep step);
}
