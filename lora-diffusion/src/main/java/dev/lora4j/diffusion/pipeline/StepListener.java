package dev.lora4j.diffusion.pipeline;

/** Hears how far an image has come. Called on the thread that asked for the image. */
@FunctionalInterface
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = (step, steps) -> {};

  /** Step {@code step} (from 1) of {@code steps} is done. */
  void done(int step, int steps);

  /**
   * A mixer that makes one adapter of several has looked at {@code done} of {@code all} parameters,
   * before it mixes them; counting begins anew each time that it looks through them. Not called for
   * a mix that was made before.
   */
  default void surveyed(int done, int all) {}

  /**
   * Progress of such a mixer, before the first step: {@code done} of {@code all} parameters are
   * mixed.
   */
  default void mixed(int done, int all) {}
}
