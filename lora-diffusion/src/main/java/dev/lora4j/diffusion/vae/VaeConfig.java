package dev.lora4j.diffusion.vae;

import java.util.List;

/**
 * The sizes of an AutoencoderKL, named as in its {@code config.json}.
 *
 * @param blockOutChannels channels per resolution, finest first
 * @param scalingFactor what latents are multiplied by before the UNet sees them
 * @param shiftFactor what is subtracted from latents before that
 * @param parts layers that some have and some have not
 */
public record VaeConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int normNumGroups,
    double scalingFactor,
    double shiftFactor,
    VaeParts parts) {

  /** Copies its list. */
  public VaeConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
  }

  /** With all its parts. */
  public VaeConfig(
      int inChannels,
      int outChannels,
      int latentChannels,
      List<Integer> blockOutChannels,
      int layersPerBlock,
      int normNumGroups,
      double scalingFactor,
      double shiftFactor) {
    this(
        inChannels,
        outChannels,
        latentChannels,
        blockOutChannels,
        layersPerBlock,
        normNumGroups,
        scalingFactor,
        shiftFactor,
        VaeParts.ALL);
  }

  /** The same without what is subtracted from latents. */
  public VaeConfig unshifted() {
    return new VaeConfig(
        inChannels,
        outChannels,
        latentChannels,
        blockOutChannels,
        layersPerBlock,
        normNumGroups,
        scalingFactor,
        0,
        parts);
  }

  /** Pixels per latent place, in one direction. */
  public int scale() {
    return 1 << (blockOutChannels.size() - 1);
  }

  /** All sizes, with the parts only where some lack: digests of bases have always known it so. */
  @Override
  public String toString() {
    return "VaeConfig[inChannels="
        + inChannels
        + ", outChannels="
        + outChannels
        + ", latentChannels="
        + latentChannels
        + ", blockOutChannels="
        + blockOutChannels
        + ", layersPerBlock="
        + layersPerBlock
        + ", normNumGroups="
        + normNumGroups
        + ", scalingFactor="
        + scalingFactor
        + ", shiftFactor="
        + shiftFactor
        + (parts.equals(VaeParts.ALL) ? "]" : ", parts=" + parts + "]");
  }
}
