package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Added conditioning of a denoiser, beside the timestep and the text conditioning.
 *
 * @param pooled the text as one vector, F32 [batch, {@link DenoiserNetwork#pooledWidth}]
 * @param sizes F32 [batch, {@value #SIZES}], pixels: height and width of the original, what was cut
 *     off above and left, height and width of the target (Podell et al. 2023, section 2.2); absent
 *     for a denoiser that is not {@linkplain DenoiserNetwork#sized told} them
 */
public record AddedConditioning(Expr pooled, Optional<Expr> sizes) {
  /** Width of the size conditioning. */
  public static final int SIZES = 6;
}
