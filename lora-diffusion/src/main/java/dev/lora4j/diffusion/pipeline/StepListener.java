package dev.lora4j.diffusion.pipeline;

/** Hears how far an image has come. Called on the thread that asked for the image. */
@FunctionalInterface
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = (step, steps) -> {};

  /** Step {@code step} (from 1) of {@code steps} is done. */
  void done(int step, int steps);
}
