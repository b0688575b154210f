package dev.lora4j.core.train.log;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Records of one run by a {@link Tracker}, from one thread, between two steps of training. A
 * tracker that throws is left out for the rest of the run, which goes on.
 */
public interface TrackedRun {
  /**
   * The numbers of a step.
   *
   * @param step from 1, one after the other
   * @param loss of this step's batches; it need not be finite
   * @param gradientNorm before it was clipped; it need not be finite
   * @param rate of learning
   * @param validation loss on what is held out, where it was looked at
   * @param seconds since the end of the first step of this process
   * @param measures of this step's batches beside the loss, by their names, in order; the same
   *     names at each step of a run
   * @param heldOut the same of what is held out, where it was looked at; else empty
   */
  record Step(
      int step,
      double loss,
      double gradientNorm,
      double rate,
      OptionalDouble validation,
      double seconds,
      Map<String, Double> measures,
      Map<String, Double> heldOut) {
    /** Copies the measures, in their order. */
    public Step {
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
      heldOut = Collections.unmodifiableMap(new LinkedHashMap<>(heldOut));
    }
  }

  /** A step is done. */
  void step(Step done);

  /** Receives the validation loss before the first step. */
  default void untrained(double validation) {}

  /**
   * Receives a preview of the adapter after a step; 0 is before the first.
   *
   * @param png the file
   */
  default void preview(int step, Path png) {}

  /** Flushes the records so far: a run that resumes from here does not repeat them. */
  default void keep() {}

  /**
   * Receives the end of the run; no call follows.
   *
   * @param failure reason for an early end; empty if it is complete
   */
  void end(Optional<String> failure);
}
