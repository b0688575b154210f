package dev.lora4j.server.picture;

import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import java.util.concurrent.CompletableFuture;

/**
 * A picture that a client waits for.
 *
 * @param prompt with its size, sampler and adapters
 * @param listener receives the steps of its batch, on the worker's thread
 * @param adapters given back when the picture is done or given up
 * @param arrived time of {@link System#nanoTime}
 * @param result the picture, or why there is none
 */
record PictureJob(
    Prompt prompt,
    StepListener listener,
    AutoCloseable adapters,
    long arrived,
    CompletableFuture<GeneratedImage> result) {
  /** Seconds since it arrived. */
  double seconds() {
    return (System.nanoTime() - arrived) / 1e9;
  }

  /** Steps times pixels, which is what pictures are charged. */
  double cost() {
    return (double) prompt.steps() * prompt.width() * prompt.height();
  }
}
