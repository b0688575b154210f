package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import java.nio.file.Path;
import java.util.List;

/**
 * Hears how training goes. Called between two steps, on a thread of the training's own;
 * interrupting that thread stops the training, as interrupting the caller's does.
 */
@FunctionalInterface
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = progress -> {};

  /**
   * Outcome of a step.
   *
   * @param step from 1
   * @param loss of this step's batches
   * @param gradientNorm before it was clipped
   * @param rate of learning
   * @param skipped whether the gradient was not finite, so that nothing changed
   */
  record Step(int step, int steps, float loss, float gradientNorm, double rate, boolean skipped) {}

  /** A step is done. */
  void step(Step done);

  /** Reports the encoding of the training data: {@code done} of {@code all}. */
  default void encoding(int done, int all) {}

  /** A run is gone on with, after so many steps. */
  default void resumed(int step, List<String> notes) {}

  /** A step changed nothing, and this is why. */
  default void notFinite(int step, NonFiniteStep where) {}

  /**
   * The loss on what is held out.
   *
   * @param best whether it was never as low; where the best factors are kept, whether these are the
   *     best of those that were
   */
  default void validated(int step, double loss, boolean best) {}

  /** It is time to look at what the adapter does; {@code adapter} is as it is after the step. */
  default void preview(int step, Adapter adapter) {}

  /**
   * An adapter on the way is there to be kept, as it would be written if the run ended after the
   * step.
   */
  default void adapter(int step, Adapter adapter) {}

  /**
   * A checkpoint is about to be written. What is told of the steps until now has to be kept before:
   * a run that goes on from the checkpoint does not tell it again.
   */
  default void saving(int step) {}

  /** A checkpoint, or the best state, could not be written; older ones are as they were. */
  default void notSaved(int step, String reason) {}

  /** A checkpoint is on disk. */
  default void saved(int step, Path checkpoint) {}

  /**
   * The run stops before its end, at least one step after its beginning; what is done here is not
   * interrupted.
   *
   * @param step after which the factors were as the adapter has them, see {@link #finished}
   * @param notes what the user should know of them
   * @param adapter what the result would be if the last step that was taken were the last of all
   */
  default void stopped(int step, List<String> notes, Adapter adapter) {}

  /**
   * Reports the end of all steps; the result exists.
   *
   * @param step after which the factors were as the result has them: the last, unless the best are
   *     kept
   * @param notes notes about the result for the user
   */
  default void finished(int step, List<String> notes) {}
}
