package dev.lora4j.core.train.run;

/**
 * One of those that compute the gradients of a run, with a base and data of its own. What it
 * returns depends on the step alone, so that a share may be computed again, by any of them. For one
 * thread at a time.
 */
public interface GradientWorker extends AutoCloseable {
  /**
   * The gradients of some batches of a step.
   *
   * @param from the first, from 0 within the step
   * @param to that after the last
   * @throws IllegalArgumentException if there are none of these batches, or the training has other
   *     settings
   * @throws dev.lora4j.core.tensor.TensorException if the step is of another adapter
   */
  GradientShare share(SharedStep step, int from, int to);

  @Override
  void close();
}
