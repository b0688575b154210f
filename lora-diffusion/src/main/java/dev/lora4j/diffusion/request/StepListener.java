package dev.lora4j.diffusion.request;

/** Receives the progress of an image. Called on the thread that makes the image. */
@FunctionalInterface
public interface StepListener {
  /** Ignores all progress. */
  StepListener NONE = (step, steps) -> {};

  /** Step {@code step} (from 1) of {@code steps} is done. */
  void done(int step, int steps);

  /**
   * A mixer that makes one adapter of several has surveyed {@code done} of {@code all} parameters,
   * before it mixes them; each survey counts from 0. Not called for a cached mix.
   */
  default void surveyed(int done, int all) {}

  /**
   * Progress of such a mixer, before the first step: {@code done} of {@code all} parameters are
   * mixed.
   */
  default void mixed(int done, int all) {}
}
