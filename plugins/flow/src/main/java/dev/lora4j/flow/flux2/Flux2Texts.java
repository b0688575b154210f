package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.text.HiddenLayers;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoiser.TextArrangement.Output;
import dev.lora4j.diffusion.denoiser.TextArrangement.Part;
import java.util.List;
import java.util.Map;

/**
 * The texts of FLUX.2 [klein] as diffusers' {@code Flux2KleinPipeline} arranges them: a prompt is
 * the message of a chat with a language model, of which three layers' hidden states stand side by
 * side, those of what fills up the text included.
 *
 * @param width of the text conditioning
 */
record Flux2Texts(int width) {
  /** Tokens of a prompt, the template's included. */
  static final int TOKENS = 512;

  private static final String ENCODER = "text_encoder";
  private static final HiddenLayers LAYERS = new HiddenLayers(List.of(9, 18, 27));

  /** A model that does not think begins its answer behind empty thoughts. */
  private static final PromptFrame FRAME = PromptFrame.chat(Map.of("enable_thinking", false));

  /**
   * The arrangement.
   *
   * @throws IllegalArgumentException if an encoder is missing, of another width, or one too many
   */
  TextArrangement arrangement(Map<String, TextEncoderNetwork> encoders) {
    TextEncoderNetwork encoder = encoders.get(ENCODER);
    if (encoder == null || encoders.size() > 1) {
      throw new IllegalArgumentException(
          "FLUX.2 [klein] takes one text encoder, the language model text_encoder, found "
              + String.join(", ", encoders.keySet())
              + ".");
    }
    Part part = new Part(0, TOKENS, LAYERS, false, Output.WORDS, FRAME);
    if (part.width(encoder) != width) {
      throw new IllegalArgumentException(
          "the denoiser takes texts of width "
              + width
              + ", but "
              + LAYERS.count()
              + " layers of "
              + ENCODER
              + " side by side give "
              + part.width(encoder)
              + ".");
    }
    return new TextArrangement(List.of(part), 0);
  }
}
