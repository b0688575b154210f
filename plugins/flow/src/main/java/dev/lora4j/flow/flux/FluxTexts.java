package dev.lora4j.flow.flux;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoiser.TextArrangement.Output;
import dev.lora4j.diffusion.denoiser.TextArrangement.Part;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The texts of FLUX.1 as diffusers' {@code FluxPipeline} arranges them: the words of T5, and CLIP's
 * hidden state at the end of the text, which is its pooled text.
 */
record FluxTexts(FluxConfig config) {
  private static final String CLIP = "text_encoder";
  private static final String T5 = "text_encoder_2";

  /** Tokens of T5 in FLUX.1 [dev]. */
  private static final int TOKENS = 512;

  /** Tokens of T5 in FLUX.1 [schnell], which is the one without a guidance scale. */
  private static final int FEWER_TOKENS = 256;

  /**
   * The arrangement.
   *
   * @throws IllegalArgumentException if an encoder is missing, of another width, or one too many
   */
  TextArrangement arrangement(Map<String, TextEncoderNetwork> encoders) {
    TextEncoderNetwork clip = named(encoders, CLIP);
    TextEncoderNetwork t5 = named(encoders, T5);
    if (encoders.size() > 2) {
      throw new IllegalArgumentException(
          "FLUX.1 takes two text encoders, text_encoder and text_encoder_2, found "
              + String.join(", ", encoders.keySet())
              + ".");
    }
    require("pooled texts", config.pooledWidth(), CLIP, clip);
    require("texts", config.textWidth(), T5, t5);
    int tokens = config.guided() ? TOKENS : FEWER_TOKENS;
    return new TextArrangement(
        List.of(
            new Part(0, 0, HiddenLayer.LAST, false, Output.END),
            new Part(0, tokens, HiddenLayer.LAST, false, Output.WORDS)),
        0);
  }

  private static TextEncoderNetwork named(Map<String, TextEncoderNetwork> encoders, String name) {
    return Optional.ofNullable(encoders.get(name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "it lacks "
                        + name
                        + ". FLUX.1 takes the CLIP encoder text_encoder and the T5 text_encoder_2."));
  }

  private static void require(String what, int width, String name, TextEncoderNetwork encoder) {
    if (encoder.width() != width) {
      throw new IllegalArgumentException(
          "the denoiser takes "
              + what
              + " of width "
              + width
              + ", but "
              + name
              + " gives "
              + encoder.width()
              + ".");
    }
  }
}
