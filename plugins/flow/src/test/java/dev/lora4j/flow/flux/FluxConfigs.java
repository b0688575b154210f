package dev.lora4j.flow.flux;

import dev.lora4j.core.model.ConfigFile;
import java.nio.file.Path;

/** Configurations of transformers, tiny and published. */
final class FluxConfigs {
  /** Tiny, told the guidance scale as FLUX.1 [dev] is. */
  static final String GUIDED =
      """
      {"_class_name": "FluxTransformer2DModel", "patch_size": 1, "in_channels": 16,
       "out_channels": null, "num_layers": 2, "num_single_layers": 2, "num_attention_heads": 2,
       "attention_head_dim": 8, "joint_attention_dim": 12, "pooled_projection_dim": 6,
       "guidance_embeds": true, "axes_dims_rope": [2, 2, 4]}
      """;

  /** Tiny, as FLUX.1 [schnell] is. */
  static final String PLAIN = GUIDED.replace("\"guidance_embeds\": true, ", "");

  private FluxConfigs() {}

  static FluxTransformer read(String json) {
    ConfigFile file = ConfigFile.of(Path.of("transformer/config.json"), json);
    return new FluxTransformer(new FluxConfigFile(file).config());
  }

  /** The published configuration, which leaves to diffusers what is usual. */
  static FluxTransformer published(boolean guided) {
    return read(
        """
        {"_class_name": "FluxTransformer2DModel", "_diffusers_version": "0.30.0.dev0",
         "attention_head_dim": 128, "guidance_embeds": %s, "in_channels": 64,
         "joint_attention_dim": 4096, "num_attention_heads": 24, "num_layers": 19,
         "num_single_layers": 38, "patch_size": 1, "pooled_projection_dim": 768}
        """
            .formatted(guided));
  }
}
