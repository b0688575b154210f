package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * A picture as training takes it.
 *
 * @param shape of the latents, [channels, height, width]
 * @param latents scaled, in row-major order
 * @param regularisation whether it only keeps the base from forgetting
 * @param mask how much each place counts
 */
@SuppressWarnings("ArrayRecordComponent") // Samples are drawn and stacked, never compared.
public record LatentSample(
    Shape shape, float[] latents, boolean regularisation, Optional<Mask> mask) {
  /**
   * Weights of places. Any size will do, as long as it is that of the other masks of a batch; it is
   * averaged down to the latents'.
   *
   * @param values from 0 to 1, in row-major order
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Mask(int height, int width, float[] values) {
    /** Checks the size. */
    public Mask {
      if (height < 1 || width < 1 || values.length != height * width) {
        throw new IllegalArgumentException(
            "A mask of " + height + " x " + width + " has " + values.length + " values.");
      }
    }

    /** The mask of a picture all of which counts. */
    static Mask whole(int height, int width) {
      float[] ones = new float[height * width];
      Arrays.fill(ones, 1);
      return new Mask(height, width, ones);
    }
  }

  /** Checks the size. */
  public LatentSample {
    if (shape.rank() != 3 || shape.elements() != latents.length) {
      throw new IllegalArgumentException(
          "Latents [channels, height, width] of shape "
              + shape
              + " have "
              + latents.length
              + " values.");
    }
  }

  /** A picture of the style, all of which counts. */
  public static LatentSample of(Shape shape, float... latents) {
    return new LatentSample(shape, latents, false, Optional.empty());
  }
}
