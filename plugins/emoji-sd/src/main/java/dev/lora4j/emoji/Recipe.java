package dev.lora4j.emoji;

import dev.lora4j.core.tensor.DType;
import java.util.List;

/**
 * Common settings of emoji-sd's style sets, adapters and judges. The base itself is made by {@code
 * base.toml}.
 */
final class Recipe {
  /** Height and width of pictures, in pixels. */
  static final int SIDE = 64;

  /** The processors this is trained on multiply bf16 about twice as fast as f32. */
  static final DType COMPUTE = DType.BF16;

  /** Seed of the draws that stay the same, whatever the seed of a base. */
  static final long SEED = 11;

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

  private Recipe() {}
}
