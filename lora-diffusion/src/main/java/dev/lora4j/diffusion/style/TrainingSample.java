package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.train.objective.LatentSample;
import java.nio.file.Path;
import java.util.List;

/**
 * A picture with its caption as a step takes it.
 *
 * @param file for messages
 * @param latents of the picture
 * @param caption as it was drawn
 * @param storableCaption whether the caption comes again, so that it is worth storing
 * @param sizes size conditioning, for denoisers that take it
 * @param references latents of pictures that the denoiser sees beside it
 */
record TrainingSample(
    Path file,
    LatentSample latents,
    String caption,
    boolean storableCaption,
    Sizes sizes,
    List<LatentSample> references) {
  TrainingSample {
    references = List.copyOf(references);
  }

  /** A sample that is seen alone. */
  TrainingSample(
      Path file, LatentSample latents, String caption, boolean storableCaption, Sizes sizes) {
    this(file, latents, caption, storableCaption, sizes, List.of());
  }

  /** The same with another caption, which comes again. */
  TrainingSample captioned(String other) {
    return new TrainingSample(file, latents, other, true, sizes, references);
  }

  /** The same with other latents. */
  TrainingSample of(LatentSample other) {
    return new TrainingSample(file, other, caption, storableCaption, sizes, references);
  }

  /**
   * Sizes in pixels (Podell et al. 2023, section 2.2).
   *
   * @param originalHeight of the picture before it was resized
   * @param top what was cut off above, after resizing
   * @param targetHeight of what is left
   */
  record Sizes(
      int originalHeight, int originalWidth, int top, int left, int targetHeight, int targetWidth) {
    /** Size conditioning of a picture that was neither resized nor cropped. */
    static Sizes own(int height, int width) {
      return new Sizes(height, width, 0, 0, height, width);
    }

    /** Numbers in the order of the size conditioning. */
    float[] added() {
      return new float[] {originalHeight, originalWidth, top, left, targetHeight, targetWidth};
    }
  }
}
