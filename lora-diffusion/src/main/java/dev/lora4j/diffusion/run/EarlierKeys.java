package dev.lora4j.diffusion.run;

import java.util.Map;

/** Earlier names of run files' keys, which have those of options now. */
final class EarlierKeys {
  private static final Map<String, String> NOW =
      Map.of(
          "out", "output",
          "stored", "dtype",
          "precision", "compute",
          "optimizer.rate", "optimizer.lr",
          "optimizer.unet_rate", "optimizer.unet_lr",
          "optimizer.text_encoder_rate", "optimizer.text_encoder_lr",
          "vae.rate", "vae.lr",
          "denoiser.rate", "denoiser.lr");

  private EarlierKeys() {}

  /** The name that a key has now, which is its own for most. */
  static String now(String name) {
    return NOW.getOrDefault(name, name);
  }

  /** What is told of a key that is called otherwise now. */
  static String note(String name, String origin) {
    return origin + ": " + name + " is called " + now(name) + " now; both are understood.";
  }
}
