package dev.lora4j.core.train.run;

/**
 * One of those that compute the steps of a run, with a base and data of its own. What it returns
 * depends on the step or the round alone, so that a share may be computed again, by any of them.
 * For one thread at a time.
 */
public interface TrainingWorker extends AutoCloseable {
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

  /**
   * The steps of one part of a round.
   *
   * @param part from 0
   * @throws IllegalArgumentException if there is no such part, or the training has other settings
   * @throws dev.lora4j.core.tensor.TensorException if the round is of another adapter
   * @throws java.util.concurrent.CancellationException if the thread is interrupted between two
   *     steps
   */
  RoundShare round(SharedRound round, int part);

  @Override
  void close();
}
