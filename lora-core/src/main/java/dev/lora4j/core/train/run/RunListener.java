package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Listener for the progress of training. Called between two steps, on a thread of the training's
 * own; interrupting that thread stops the training, as interrupting the caller's does.
 */
@FunctionalInterface
public interface RunListener {
  /** Ignores all progress. */
  RunListener NONE = progress -> {};

  /**
   * Outcome of a step.
   *
   * @param step from 1
   * @param loss of this step's batches
   * @param gradientNorm before it was clipped
   * @param rate of learning
   * @param skipped whether the gradient was not finite, so that nothing changed
   * @param measures numbers of this step's batches beside the loss, by their names, in order: those
   *     that the batches {@linkplain TrainingBatch#measures bring}, then those that the task
   *     {@linkplain Staging#measure stages}
   */
  record Step(
      int step,
      int steps,
      float loss,
      float gradientNorm,
      double rate,
      boolean skipped,
      Map<String, Double> measures) {
    /** Copies the measures, in their order. */
    public Step {
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }
  }

  /** A step is done. */
  void step(Step done);

  /** Reports the encoding of the training data: {@code done} of {@code all}. */
  default void encoding(int done, int all) {}

  /**
   * Reports calibration before the first step: {@code done} batches of {@code all} that are looked
   * at, or at most {@code all} where it ends sooner.
   */
  default void calibrating(int done, int all) {}

  /**
   * Reports the end of calibration.
   *
   * @param notes sentences about what the training data have decided
   */
  default void calibrated(List<String> notes) {}

  /** Reports that a run resumed, after so many steps. */
  default void resumed(int step, List<String> notes) {}

  /**
   * Reports that other parts of the factors are trained from the next step on.
   *
   * @param change as a sentence
   */
  default void changed(int step, String change) {}

  /** Reports a step that changed nothing, with the reason. */
  default void notFinite(int step, NonFiniteStep where) {}

  /**
   * Reports the validation loss.
   *
   * @param best whether it was never as low; where the best factors are kept, whether these are the
   *     best of those that were
   */
  default void validated(int step, double loss, boolean best) {}

  /**
   * Reports what a task measures of what is held out: beside the validation loss, after {@link
   * #validated}, or in place of one.
   *
   * @param measures by their names, in order; empty for most tasks
   */
  default void measured(int step, Map<String, Double> measures) {}

  /** Reports that a preview is due; {@code adapter} has the factors after the step. */
  default void preview(int step, Adapter adapter) {}

  /**
   * Reports an intermediate adapter to save, as it would be written if the run ended after the
   * step.
   */
  default void adapter(int step, Adapter adapter) {}

  /**
   * Reports that a checkpoint is about to be written. The listener has to save its records of the
   * steps before: a run that resumes from the checkpoint does not report them again.
   */
  default void saving(int step) {}

  /**
   * Reports that a checkpoint, or the best state, could not be written; older ones are unchanged.
   */
  default void notSaved(int step, String reason) {}

  /** Reports that a checkpoint is on disk. */
  default void saved(int step, Path checkpoint) {}

  /**
   * Reports a stop before the end, at least one step after the beginning; this call is not
   * interrupted.
   *
   * @param step after which the factors were as the adapter has them, see {@link #finished}
   * @param notes notes about them for the user
   * @param adapter the result, if the last step taken were the last of all
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
