package dev.lora4j.diffusion.base;

import dev.lora4j.diffusion.base.original.OriginalDenoiser;
import java.util.Optional;
import java.util.Set;

/** The part of a Stable Diffusion model that a file holds, by the names of its tensors. */
public enum BaseContents {
  /** A denoiser with text encoders and an autoencoder. */
  WHOLE,
  /** A denoiser and nothing else. */
  DENOISER;

  /**
   * The contents of a file; empty if it has no denoiser.
   *
   * @param names of the file's tensors
   */
  public static Optional<BaseContents> of(Set<String> names) {
    boolean diffusers =
        names.contains("conv_in.weight") && names.contains("time_embedding.linear_1.weight");
    if (!diffusers && OriginalDenoiser.prefix(names).isEmpty()) {
      return Optional.empty();
    }
    boolean whole = names.stream().anyMatch(name -> name.startsWith("first_stage_model."));
    return Optional.of(whole ? WHOLE : DENOISER);
  }
}
