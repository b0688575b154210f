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
 */
public record DenoiserInputs(Expr x, Expr timesteps, Words words, Optional<Told> told) {}
