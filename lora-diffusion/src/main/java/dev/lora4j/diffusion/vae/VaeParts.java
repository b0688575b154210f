package dev.lora4j.diffusion.vae;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Layers of an AutoencoderKL that some have and some have not.
 *
 * @param middleAttention attention in the middle of encoder and decoder
 * @param quantConv the 1x1 convolution after the encoder
 * @param postQuantConv the one before the decoder
 */
public record VaeParts(boolean middleAttention, boolean quantConv, boolean postQuantConv)
    implements Canonical {
  /** All parts, as in Stable Diffusion's autoencoders. */
  public static final VaeParts ALL = new VaeParts(true, true, true);

  @Override
  public String canonical() {
    return CanonicalForm.of("VaeParts")
        .with("middleAttention", middleAttention)
        .with("quantConv", quantConv)
        .with("postQuantConv", postQuantConv)
        .text();
  }
}
