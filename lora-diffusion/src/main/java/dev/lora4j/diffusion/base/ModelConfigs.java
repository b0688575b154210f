package dev.lora4j.diffusion.base;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Configuration of a model: its networks and its noise schedule, without weights.
 *
 * @param unet its denoiser
 * @param texts its text encoders, in the order in which the denoiser gets their outputs
 * @param schedule noise schedule that it was trained with
 * @param sampleSize height and width of the latents that it was trained on
 * @param zerosForNoText whether zeros stand for an empty negative prompt
 * @param textTokens most tokens of encoders that take a stated number of them; as many as they
 *     state if empty
 */
record ModelConfigs(
    DenoiserNetwork unet,
    AutoencoderNetwork vae,
    List<Text> texts,
    SchedulerConfig schedule,
    int sampleSize,
    boolean zerosForNoText,
    OptionalInt textTokens)
    implements Canonical {
  private static final int DIGITS = 12;

  /**
   * A text encoder.
   *
   * @param model what the names of its sites begin with, for example {@code text_encoder_2}
   */
  record Text(String model, TextEncoderNetwork network) implements Canonical {
    @Override
    public String canonical() {
      return CanonicalForm.of("Text").with("model", model).with("config", network).text();
    }
  }

  ModelConfigs {
    texts = List.copyOf(texts);
  }

  /** The text encoder of this name, if the network is one. */
  Optional<TextEncoderNetwork> text(String model) {
    return texts.stream().filter(t -> t.model().equals(model)).map(Text::network).findFirst();
  }

  /**
   * Digest of all configurations, in hexadecimal, in the metadata of pictures, adapters and runs. A
   * value that all bases had before other values could be read takes no part.
   */
  String identity() {
    return Digests.hex(canonical().getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ModelConfigs")
        .with("unet", unet)
        .with("vae", vae)
        .with("texts", texts)
        .with("schedule", schedule)
        .with("sampleSize", sampleSize)
        .with("zerosForNoText", zerosForNoText)
        .with("textTokens", textTokens.orElse(-1), -1)
        .text();
  }

  /** Unit of picture sizes, in pixels: both sides are multiples of it. */
  int sizeUnit() {
    return vae.scale() << (unet.levels() - 1);
  }

  /** Greatest side of pictures, in pixels. */
  int longestSide() {
    return (int) Math.min(Integer.MAX_VALUE, (long) unet.longestSide() * vae.scale());
  }

  /** True for a Stable Diffusion XL, whose denoiser takes sizes as added conditioning. */
  boolean xl() {
    return unet.sized();
  }

  /**
   * Arrangement of the text encoders' outputs.
   *
   * @throws IllegalArgumentException if they do not fit the denoiser
   */
  TextArrangement arrangement() {
    Map<String, TextEncoderNetwork> encoders = new LinkedHashMap<>();
    texts.forEach(text -> encoders.put(text.model(), text.network()));
    TextArrangement whole = unet.texts(encoders);
    return textTokens.isPresent() ? whole.within(textTokens.getAsInt()) : whole;
  }

  /** A copy with another schedule. */
  ModelConfigs with(SchedulerConfig other) {
    return new ModelConfigs(unet, vae, texts, other, sampleSize, zerosForNoText, textTokens);
  }
}
