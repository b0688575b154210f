package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.Optional;

/**
 * Inputs of a denoiser in one step: noisy latents, timesteps, text, added conditioning and
 * references.
 *
 * @param x noisy latents [batch, inChannels, height, width], in the type to compute in
 * @param timesteps F32 [batch], from 0 to the schedule's last
 * @param text the text, in the type to compute in
 * @param added what else there is, if {@link DenoiserNetwork#pooledWidth} is not 0
 * @param guidance an embedding of the guidance scale, F32 [batch, {@link
 *     DenoiserNetwork#guidanceWidth}], if that is not 0; training leaves it out unless there is a
 *     {@link DenoiserNetwork#trainingGuidance}
 * @param references latents without noise of pictures beside the one that is made, each [batch,
 *     outChannels, any height, any width], in the type to compute in; at most {@link
 *     DenoiserNetwork#mostReferences}
 */
public record DenoiserInputs(
    Expr x,
    Expr timesteps,
    TextConditioning text,
    Optional<AddedConditioning> added,
    Optional<Expr> guidance,
    List<Expr> references) {
  /** Copies the list. */
  public DenoiserInputs {
    references = List.copyOf(references);
  }

  /** Inputs without added conditioning, guidance scale and references. */
  public static DenoiserInputs of(Expr x, Expr timesteps, TextConditioning text) {
    return new DenoiserInputs(x, timesteps, text, Optional.empty(), Optional.empty(), List.of());
  }

  /** A copy with an embedding of the guidance scale. */
  public DenoiserInputs guided(Expr other) {
    return new DenoiserInputs(x, timesteps, text, added, Optional.of(other), references);
  }

  /** A copy with added conditioning. */
  public DenoiserInputs with(AddedConditioning other) {
    return new DenoiserInputs(x, timesteps, text, Optional.of(other), guidance, references);
  }

  /** A copy with references. */
  public DenoiserInputs referring(List<Expr> others) {
    return new DenoiserInputs(x, timesteps, text, added, guidance, others);
  }
}
