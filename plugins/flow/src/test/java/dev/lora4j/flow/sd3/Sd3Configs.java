package dev.lora4j.flow.sd3;

import dev.lora4j.core.model.ConfigFile;
import java.nio.file.Path;

/** Configurations of transformers, tiny and published. */
final class Sd3Configs {
  /** Tiny, with all that Stable Diffusion 3.5 Medium has. */
  static final String TWICE =
      """
      {"_class_name": "SD3Transformer2DModel", "sample_size": 8, "patch_size": 2, "in_channels": 4,
       "out_channels": 4, "num_layers": 3, "num_attention_heads": 2, "attention_head_dim": 8,
       "joint_attention_dim": 12, "caption_projection_dim": 16, "pooled_projection_dim": 6,
       "pos_embed_max_size": 12, "qk_norm": "rms_norm", "dual_attention_layers": [0, 1]}
      """;

  /** Tiny, as Stable Diffusion 3 is. */
  static final String PLAIN =
      """
      {"_class_name": "SD3Transformer2DModel", "sample_size": 8, "patch_size": 2, "in_channels": 4,
       "out_channels": null, "num_layers": 2, "num_attention_heads": 2, "attention_head_dim": 8,
       "joint_attention_dim": 12, "caption_projection_dim": 16, "pooled_projection_dim": 6,
       "pos_embed_max_size": 12, "qk_norm": null, "dual_attention_layers": []}
      """;

  private Sd3Configs() {}

  static Sd3Transformer read(String json) {
    ConfigFile file = ConfigFile.of(Path.of("transformer/config.json"), json);
    return new Sd3Transformer(new Sd3ConfigFile(file).config());
  }

  /** A configuration of a published model. */
  static Sd3Transformer published(int blocks, int positions, boolean normed, String dual) {
    return read(
        """
        {"_class_name": "SD3Transformer2DModel", "sample_size": 128, "patch_size": 2,
         "in_channels": 16, "out_channels": 16, "num_layers": %d, "num_attention_heads": %d,
         "attention_head_dim": 64, "joint_attention_dim": 4096, "caption_projection_dim": %d,
         "pooled_projection_dim": 2048, "pos_embed_max_size": %d, "qk_norm": %s,
         "dual_attention_layers": %s}
        """
            .formatted(
                blocks, blocks, 64 * blocks, positions, normed ? "\"rms_norm\"" : "null", dual));
  }
}
