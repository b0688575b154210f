package dev.lora4j.diffusion.style;

import java.util.function.IntConsumer;

/**
 * Encodes the pictures of a training before it begins, and their captions, where the training does
 * not do so itself: into the {@linkplain
 * dev.lora4j.diffusion.dataset.cache.ContentCache#ofUser(dev.lora4j.core.tensor.DType) cache} that
 * it reads. What it leaves out is encoded when a step shows it, so that it changes no bit of what
 * is trained. Pictures in memory, and those that a slider's base draws, are encoded by the training
 * itself.
 */
@FunctionalInterface
public interface EncodingSource {
  /** Encodes nothing before the training: each picture is encoded when a step shows it. */
  EncodingSource WHEN_NEEDED = (pictures, done) -> {};

  /**
   * Encodes pictures; {@link StyleTrainer#encode} does so with a part of them.
   *
   * @param pictures of the training, 1 or more
   * @param done is told how many of them are encoded until now; throws {@link
   *     java.util.concurrent.CancellationException} when it is time to stop
   */
  void encode(int pictures, IntConsumer done);
}
