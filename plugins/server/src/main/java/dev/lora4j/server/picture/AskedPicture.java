package dev.lora4j.server.picture;

import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;

/**
 * A picture that was asked for.
 *
 * @param prompt with its size, sampler and adapters
 * @param listener receives the steps of its batch, on the worker's thread
 */
record AskedPicture(Prompt prompt, StepListener listener) {
  /** Steps times pixels, which is what a picture is charged. */
  static double cost(Prompt prompt) {
    return (double) prompt.steps() * prompt.width() * prompt.height();
  }
}
