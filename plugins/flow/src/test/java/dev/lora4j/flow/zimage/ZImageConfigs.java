package dev.lora4j.flow.zimage;

import dev.lora4j.core.model.ConfigFile;
import java.nio.file.Path;

/** Configurations of transformers, tiny and published. */
final class ZImageConfigs {
  /** Tiny, with all fields. */
  static final String TINY =
      """
      {"_class_name": "ZImageTransformer2DModel", "all_patch_size": [2], "all_f_patch_size": [1],
       "in_channels": 4, "dim": 16, "n_layers": 2, "n_refiner_layers": 1, "n_heads": 2,
       "n_kv_heads": 2, "norm_eps": 1e-5, "qk_norm": true, "cap_feat_dim": 12,
       "siglip_feat_dim": null, "rope_theta": 256.0, "t_scale": 1000.0, "axes_dims": [2, 2, 4],
       "axes_lens": [1024, 64, 64]}
      """;

  private ZImageConfigs() {}

  static ZImageTransformer read(String json) {
    ConfigFile file = ConfigFile.of(Path.of("transformer/config.json"), json);
    return new ZImageTransformer(new ZImageConfigFile(file).config());
  }

  /** The published configuration. */
  static ZImageTransformer published() {
    return read(
        """
        {"_class_name": "ZImageTransformer2DModel", "_diffusers_version": "0.36.0.dev0",
         "all_f_patch_size": [1], "all_patch_size": [2], "axes_dims": [32, 48, 48],
         "axes_lens": [1536, 512, 512], "cap_feat_dim": 2560, "dim": 3840, "in_channels": 16,
         "n_heads": 30, "n_kv_heads": 30, "n_layers": 30, "n_refiner_layers": 2, "norm_eps": 1e-05,
         "qk_norm": true, "rope_theta": 256.0, "t_scale": 1000.0}
        """);
  }
}
