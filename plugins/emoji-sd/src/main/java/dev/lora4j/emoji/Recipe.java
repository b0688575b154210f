package dev.lora4j.emoji;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.List;

/** What emoji-sd is made of. */
final class Recipe {
  /** Height and width of pictures, in pixels. */
  static final int SIDE = 64;

  /** Tokens of a caption, with its begin and end. */
  static final int TOKENS = 24;

  static final int VOCABULARY = 4096;

  /** The processors this is trained on multiply bf16 about twice as fast as f32. */
  static final DType COMPUTE = DType.BF16;

  /** Half the size of f32, and three bits finer than bf16. */
  static final DType STORED = DType.F16;

  static final long SEED = 11;

  /**
   * What the base knows. Other styles are left to adapters; the autoencoder sees them all, as it
   * must be able to draw what adapters ask for.
   */
  static final List<String> BASE_STYLES = List.of("noto", "twemoji", "fluent-flat");

  static final List<String> ALL_STYLES =
      List.of(
          "noto",
          "twemoji",
          "fluent-flat",
          "fluent-hc",
          "fluent-3d",
          "emojione",
          "emojione-mono",
          "noto-v1");

  /*
   * 128 and 256 channels were measured to take three quarters of the time of 128 and 224, and know more.
   */
  static final UNetConfig UNET =
      new UNetConfig(
          16,
          16,
          List.of(128, 256),
          List.of(true, true),
          List.of(true, true),
          1,
          128,
          List.of(4, 8),
          32,
          1e-5,
          true);

  static final ClipTextConfig TEXT =
      new ClipTextConfig(VOCABULARY, 128, 512, 3, 4, TOKENS, 1e-5, true);

  static final SchedulerConfig SCHEDULER =
      new SchedulerConfig(
          1000,
          SchedulerConfig.Betas.SQUAREDCOS_CAP_V2,
          1e-4,
          0.02,
          SchedulerConfig.Prediction.V_PREDICTION,
          SchedulerConfig.Spacing.TRAILING,
          0,
          true);

  private Recipe() {}

  /** The autoencoder, with latents multiplied by {@code scale}. */
  static VaeConfig vae(double scale) {
    return new VaeConfig(3, 3, 16, List.of(32, 64, 96, 128), 1, 8, scale, 0);
  }
}
