package dev.lora4j.diffusion.autoencoder;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * The network of an autoencoder with its sizes, without its weights: pictures to latents and back.
 * Implementations are values: those of equal sizes are equal, and {@link #canonical} has all sizes,
 * as a digest of them goes into the metadata of pictures.
 */
public interface AutoencoderNetwork extends Canonical {
  /** Channels of the pictures that it takes; 3 for colours. */
  int inChannels();

  /** Channels of the latents. */
  int latentChannels();

  /** Pixels per latent place, in one direction. */
  int scale();

  /** Factor of the latents before the denoiser. */
  double scalingFactor();

  /** Number that is subtracted from latents before they are scaled. */
  double shiftFactor();

  /** The same network with a shift of 0, for pipelines that leave it out. */
  AutoencoderNetwork unshifted();

  /**
   * Stages the encoder.
   *
   * @param weights by the names in its checkpoints
   * @param x pictures [batch, inChannels, height, width] with values in [-1, 1], in the type to
   *     compute in; both sides are multiples of {@link #scale}
   * @return latents before shift and scale, in the type of {@code x}
   */
  LatentMoments encode(Weights weights, Expr x);

  /**
   * Stages the decoder.
   *
   * @param weights by the names in its checkpoints
   * @param z latents [batch, latentChannels, height, width], shift and scale undone, in the type to
   *     compute in
   * @return pictures [batch, 3, height * scale, width * scale], about in [-1, 1], in the type of
   *     {@code z}
   */
  Expr decode(Weights weights, Expr z);

  /** Possible names of a weight in checkpoints in folders, likeliest first. */
  default List<String> names(String weight) {
    return List.of(weight);
  }

  /**
   * Possible names of a weight in files of first publication, likeliest first; none where such
   * files are not read. Tensors there may have more dimensions of one.
   */
  default List<String> originals(String weight) {
    return List.of();
  }

  /** True if a tensor of a checkpoint is known and not needed, such as a buffer. */
  default boolean ignores(String tensor) {
    return false;
  }
}
