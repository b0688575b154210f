package dev.lora4j.flow.sd3;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoiser.TextArrangement.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The texts of Stable Diffusion 3 as diffusers' {@code StableDiffusion3Pipeline} arranges them: the
 * last hidden states but one of two CLIPs side by side, filled up to the width of T5, then T5's.
 * Zeros stand for a T5 that is left out.
 */
record Sd3Texts(Sd3Config config) {
  /** Tokens of T5. */
  private static final int TOKENS = 256;

  private static final List<String> CLIPS = List.of("text_encoder", "text_encoder_2");
  private static final String T5 = "text_encoder_3";

  /** Before the last layer, without the norm behind all of them. */
  private static final HiddenLayer BEFORE_LAST = new HiddenLayer(1, false);

  /**
   * The arrangement.
   *
   * @throws IllegalArgumentException if an encoder is missing or of another width
   */
  TextArrangement arrangement(Map<String, TextEncoderNetwork> encoders) {
    List<Part> parts = new ArrayList<>();
    int width = 0;
    int pooled = 0;
    for (String name : CLIPS) {
      TextEncoderNetwork clip =
          Optional.ofNullable(encoders.get(name))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "it lacks "
                              + name
                              + ". Stable Diffusion 3 takes the CLIP encoders text_encoder and"
                              + " text_encoder_2; only the T5 text_encoder_3 may be left out."));
      if (clip.pooledWidth() == 0) {
        throw new IllegalArgumentException(
            name
                + " gives no pooled text, as a CLIPTextModelWithProjection does, but this denoiser is"
                + " told it.");
      }
      width += clip.width();
      pooled += clip.pooledWidth();
      parts.add(new Part(0, 0, BEFORE_LAST, true, true));
    }
    require(
        width <= config.textWidth(),
        "the denoiser takes texts of width "
            + config.textWidth()
            + ", but text_encoder and text_encoder_2 together give "
            + width);
    require(
        pooled == config.pooledWidth(),
        "the denoiser takes pooled texts of width "
            + config.pooledWidth()
            + ", but text_encoder and text_encoder_2 together give "
            + pooled);
    Optional<TextEncoderNetwork> t5 = Optional.ofNullable(encoders.get(T5));
    if (t5.isEmpty()) {
      return new TextArrangement(parts, TOKENS);
    }
    require(
        t5.get().width() == config.textWidth(),
        "the denoiser takes texts of width "
            + config.textWidth()
            + ", but text_encoder_3 gives "
            + t5.get().width());
    parts.add(new Part(1, TOKENS, HiddenLayer.LAST, false, false));
    return new TextArrangement(parts, 0);
  }

  private static void require(boolean fits, String otherwise) {
    if (!fits) {
      throw new IllegalArgumentException(otherwise + ".");
    }
  }
}
