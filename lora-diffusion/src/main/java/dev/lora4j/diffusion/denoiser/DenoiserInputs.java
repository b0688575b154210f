package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * What a denoiser sees in a step.
 *
 * @param x noisy latents [batch, inChannels, height, width], in the type to compute in
 * @param timesteps F32 [batch], from 0 to the schedule's last
 * @param words the text, in the type to compute in
 * @param told what else there is, if {@link DenoiserNetwork#pooledWidth} is not 0
 * @param guidance an embedding of the guidance scale, F32 [batch, {@link
 *     DenoiserNetwork#guidanceWidth}], if that is not 0; training leaves it out
 */
public record DenoiserInputs(
    Expr x, Expr timesteps, Words words, Optional<Told> told, Optional<Expr> guidance) {
  /** Without a guidance scale. */
  public DenoiserInputs(Expr x, Expr timesteps, Words words, Optional<Told> told) {
    this(x, timesteps, words, told, Optional.empty());
  }
}
