package dev.lora4j.diffusion.base;

import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.List;

/**
 * All that is to be known of a model beside its weights.
 *
 * @param texts its text encoders, in the order in which the denoiser gets what they see
 * @param schedule how it was taught to remove noise
 * @param sampleSize height and width of the latents that it was trained on
 * @param zerosForNoText whether zeros stand for an empty negative prompt
 */
record ModelConfigs(
    UNetConfig unet,
    VaeConfig vae,
    List<Text> texts,
    SchedulerConfig schedule,
    int sampleSize,
    boolean zerosForNoText) {
  /**
   * A text encoder.
   *
   * @param model what the names of its sites begin with, for example {@code text_encoder_2}
   */
  record Text(String model, ClipTextConfig config) {}

  ModelConfigs {
    texts = List.copyOf(texts);
  }

  /** The sizes of all text encoders. */
  List<ClipTextConfig> encoders() {
    return texts.stream().map(Text::config).toList();
  }

  /** With another schedule. */
  ModelConfigs with(SchedulerConfig other) {
    return new ModelConfigs(unet, vae, texts, other, sampleSize, zerosForNoText);
  }
}
