package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.diffusion.unet.UNetConfig;

/**
 * A denoiser in the layout of first publication.
 *
 * @param config its sizes
 * @param prefix what the names of its tensors begin with
 */
public record OriginalDenoiser(UNetConfig config, String prefix) {
  /** Location of one of its weights. */
  public Placement place(Parameter parameter) {
    return Placement.of("", prefix + new UNetWeightNames(config).of(parameter.name()));
  }
}
