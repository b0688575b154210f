package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ConfigFile;
import java.nio.file.Path;

/** Configurations of transformers, tiny and published. */
final class Flux2Configs {
  /** Tiny, with all fields. */
  static final String TINY =
      """
      {"_class_name": "Flux2Transformer2DModel", "patch_size": 1, "in_channels": 4,
       "out_channels": null, "num_layers": 2, "num_single_layers": 2, "num_attention_heads": 2,
       "attention_head_dim": 8, "joint_attention_dim": 12, "timestep_guidance_channels": 32,
       "mlp_ratio": 3.0, "axes_dims_rope": [2, 2, 2, 2], "rope_theta": 2000, "eps": 1e-06,
       "guidance_embeds": false}
      """;

  private Flux2Configs() {}

  /** The published configuration of 4B parameters. */
  static Flux2Transformer published() {
    ConfigFile file =
        ConfigFile.of(
            Path.of("transformer/config.json"),
            """
            {"_class_name": "Flux2Transformer2DModel", "_diffusers_version": "0.37.0.dev0",
             "attention_head_dim": 128, "axes_dims_rope": [32, 32, 32, 32], "eps": 1e-06,
             "guidance_embeds": false, "in_channels": 128, "joint_attention_dim": 7680,
             "mlp_ratio": 3.0, "num_attention_heads": 24, "num_layers": 5,
             "num_single_layers": 20, "out_channels": null, "patch_size": 1, "rope_theta": 2000,
             "timestep_guidance_channels": 256}
            """);
    return new Flux2Transformer(new Flux2ConfigFile(file).config());
  }
}
