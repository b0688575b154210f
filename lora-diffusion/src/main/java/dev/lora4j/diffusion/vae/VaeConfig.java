package dev.lora4j.diffusion.vae;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * The sizes of an AutoencoderKL, named as in its {@code config.json}.
 *
 * @param blockOutChannels channels per resolution, finest first
 * @param scalingFactor factor of the latents before the denoiser
 * @param shiftFactor subtracted from latents before that
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
    VaeParts parts)
    implements Canonical {

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

  /** A copy whose latents are those of the last layer, neither shifted nor scaled. */
  public VaeConfig unscaled() {
    return new VaeConfig(
        inChannels,
        outChannels,
        latentChannels,
        blockOutChannels,
        layersPerBlock,
        normNumGroups,
        1,
        0,
        parts);
  }

  /** A copy with other channels per resolution. */
  public VaeConfig with(List<Integer> channels) {
    return new VaeConfig(
        inChannels,
        outChannels,
        latentChannels,
        channels,
        layersPerBlock,
        normNumGroups,
        scalingFactor,
        shiftFactor,
        parts);
  }

  /** Pixels per latent place, in one direction. */
  public int scale() {
    return 1 << (blockOutChannels.size() - 1);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("VaeConfig")
        .with("inChannels", inChannels)
        .with("outChannels", outChannels)
        .with("latentChannels", latentChannels)
        .with("blockOutChannels", blockOutChannels)
        .with("layersPerBlock", layersPerBlock)
        .with("normNumGroups", normNumGroups)
        .with("scalingFactor", scalingFactor)
        .with("shiftFactor", shiftFactor)
        .with("parts", parts, VaeParts.ALL)
        .text();
  }
}
