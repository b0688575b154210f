package dev.lora4j.flow.zimage;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoiser.TextArrangement.Output;
import dev.lora4j.diffusion.denoiser.TextArrangement.Part;
import java.util.List;
import java.util.Map;

/**
 * The texts of Z-Image as diffusers' {@code ZImagePipeline} arranges them: a prompt is the message
 * of a chat with a language model, whose last hidden states but one are taken up to its end.
 *
 * @param width of the text conditioning
 */
record ZImageTexts(int width) {
  /** Tokens of a prompt, the template's included. */
  static final int TOKENS = 512;

  private static final String ENCODER = "text_encoder";
  private static final HiddenLayer BEFORE_LAST = new HiddenLayer(1, false);

  /** A model that thinks begins its answer itself. */
  private static final PromptFrame FRAME = PromptFrame.chat(Map.of("enable_thinking", true));

  /**
   * The arrangement.
   *
   * @throws IllegalArgumentException if an encoder is missing, of another width, or one too many
   */
  TextArrangement arrangement(Map<String, TextEncoderNetwork> encoders) {
    TextEncoderNetwork encoder = encoders.get(ENCODER);
    if (encoder == null || encoders.size() > 1) {
      throw new IllegalArgumentException(
          "Z-Image takes one text encoder, the language model text_encoder, found "
              + String.join(", ", encoders.keySet())
              + ".");
    }
    if (encoder.width() != width) {
      throw new IllegalArgumentException(
          "the denoiser takes texts of width "
              + width
              + ", but "
              + ENCODER
              + " gives "
              + encoder.width()
              + ".");
    }
    return new TextArrangement(
        List.of(new Part(0, TOKENS, BEFORE_LAST, false, Output.TEXT, FRAME)), 0);
  }
}
