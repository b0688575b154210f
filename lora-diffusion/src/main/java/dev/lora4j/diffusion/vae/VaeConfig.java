package dev.lora4j.diffusion.vae;

import java.util.List;

/**
 * The sizes of an AutoencoderKL, named as in its {@code config.json}.
 *
 * @param blockOutChannels channels per resolution, finest first
 * @param scalingFactor what latents are multiplied by before the UNet sees them
 * @param shiftFactor what is subtracted from latents before that
 */
public record VaeConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int normNumGroups,
    double scalingFactor,
    double shiftFactor) {

  /** Copies its list. */
  public VaeConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
  }

  /** Pixels per latent place, in one direction. */
  public int scale() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
