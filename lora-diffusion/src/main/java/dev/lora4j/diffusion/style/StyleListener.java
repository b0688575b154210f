package dev.lora4j.diffusion.style;

/** Hears how training goes. Called on the thread that trains. */
@FunctionalInterface
public interface StyleListener {
  /** Hears nothing. */
  StyleListener NONE = progress -> {};

  /**
   * What a step did.
   *
   * @param step from 1
   * @param loss of this step's batch
   * @param skipped whether the gradient was not finite, so that nothing changed
   */
  record Progress(int step, int steps, float loss, boolean skipped) {}

  /** A step is done. */
  void step(Progress progress);
}
