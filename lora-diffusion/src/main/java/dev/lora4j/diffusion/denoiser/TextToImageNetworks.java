package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.model.text.TextEncoderNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks between texts and the prediction of a denoiser, with their sizes, without weights.
 *
 * @param denoiser the denoiser
 * @param encoders text encoders by the names of their folders, for example {@code text_encoder_2},
 *     in the order in which the denoiser gets their outputs
 * @param arrangement of the encoders' outputs, one part for each
 */
public record TextToImageNetworks(
    DenoiserNetwork denoiser, List<Encoder> encoders, TextArrangement arrangement) {
  /**
   * A text encoder.
   *
   * @param model name of its folder, and what the names of its sites begin with
   */
  public record Encoder(String model, TextEncoderNetwork network) {}

  /** Copies the list. */
  public TextToImageNetworks {
    encoders = List.copyOf(encoders);
  }

  /**
   * Networks whose texts are arranged as the denoiser asks for.
   *
   * @throws IllegalArgumentException if encoders and denoiser do not fit
   */
  public static TextToImageNetworks of(DenoiserNetwork denoiser, List<Encoder> encoders) {
    Map<String, TextEncoderNetwork> named = new LinkedHashMap<>();
    encoders.forEach(e -> named.put(e.model(), e.network()));
    return new TextToImageNetworks(denoiser, encoders, denoiser.texts(named));
  }

  /**
   * A copy whose texts have at most so many tokens, see {@link TextArrangement#within}.
   *
   * @throws IllegalArgumentException if no token of an encoder would be left
   */
  public TextToImageNetworks within(int most) {
    return new TextToImageNetworks(denoiser, encoders, arrangement.within(most));
  }
}
