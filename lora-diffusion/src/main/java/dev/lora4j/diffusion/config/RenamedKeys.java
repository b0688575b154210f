package dev.lora4j.diffusion.config;

import java.util.Map;

/** Earlier names of run files' keys, which are read as the names of today, with a note. */
final class RenamedKeys {
  static final Map<String, String> NOW =
      Map.ofEntries(
          Map.entry("out", "output"),
          Map.entry("stored", "dtype"),
          Map.entry("precision", "compute"),
          Map.entry("triggers", "trigger_words"),
          Map.entry("accumulate", "gradient_accumulation"),
          Map.entry("optimizer.rate", "optimizer.lr"),
          Map.entry("optimizer.unet_rate", "optimizer.unet_lr"),
          Map.entry("optimizer.text_encoder_rate", "optimizer.text_encoder_lr"),
          Map.entry("vae.rate", "vae.lr"),
          Map.entry("denoiser.rate", "denoiser.lr"),
          Map.entry("vae.least", "vae.min_lr_ratio"),
          Map.entry("denoiser.least", "denoiser.min_lr_ratio"),
          Map.entry("adapter.from", "adapter.warm_start"),
          Map.entry("adapter.ranks", "adapter.rank_pattern"),
          Map.entry("adapter.alphas", "adapter.alpha_pattern"),
          Map.entry("optimizer.up_ratio", "optimizer.loraplus_lr_ratio"),
          Map.entry("optimizer.average", "optimizer.ema_decay"),
          Map.entry("schedule.least", "schedule.min_lr_ratio"),
          Map.entry("loss.kind", "loss.type"),
          Map.entry("loss.debiased", "loss.debiased_estimation"),
          Map.entry("validation.share", "validation.split"));

  private RenamedKeys() {}

  /** The name that a key has now, which is its own for most. */
  static String now(String name) {
    return NOW.getOrDefault(name, name);
  }

  /** Note about a renamed key. */
  static String note(String name, String origin) {
    return origin + ": " + name + " is called " + now(name) + " now; both are understood.";
  }
}
