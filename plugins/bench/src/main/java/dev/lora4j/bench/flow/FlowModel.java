package dev.lora4j.bench.flow;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Transformers whose weights are from chance. */
enum FlowModel {
  /** All of Stable Diffusion 3.5 Medium: 2.2 billion weights. */
  SD35_MEDIUM(
      "sd35m",
      333,
      """
      {
        "_class_name": "SD3Transformer2DModel", "sample_size": 128, "patch_size": 2, "in_channels": 16, "out_channels": 16,
        "num_layers": 24, "num_attention_heads": 24, "attention_head_dim": 64, "joint_attention_dim": 4096,
        "caption_projection_dim": 1536, "pooled_projection_dim": 2048, "pos_embed_max_size": 384, "qk_norm": "rms_norm",
        "dual_attention_layers": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
      }
      """),
  /** FLUX.1 [dev] with one double and one single block: 0.6 billion weights. */
  FLUX_BLOCKS(
      "flux-blocks",
      512,
      """
      {
        "_class_name": "FluxTransformer2DModel", "patch_size": 1, "in_channels": 64, "out_channels": null, "num_layers": 1,
        "num_single_layers": 1, "num_attention_heads": 24, "attention_head_dim": 128, "joint_attention_dim": 4096,
        "pooled_projection_dim": 768, "guidance_embeds": true, "axes_dims_rope": [16, 56, 56]
      }
      """);

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private final String title;
  private final int words;
  private final String config;

  FlowModel(String title, int words, String config) {
    this.title = title;
    this.words = words;
    this.config = config;
  }

  /** Its name in cases. */
  String title() {
    return title;
  }

  /** Tokens of a text. */
  int words() {
    return words;
  }

  /** Folder of its configuration and weights below that of the benchmark, written if need be. */
  Path write(Path folder, DType stored) {
    Path own = folder.resolve(title + "-" + stored).resolve("transformer");
    Path weights = own.resolve(WEIGHTS);
    if (Files.exists(weights)) {
      return own;
    }
    try {
      Files.createDirectories(own);
      Files.writeString(own.resolve(CONFIG), config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RandomWeights.write(weights, stored, parameters(network(own), DType.F32));
    return own;
  }

  /** The network of a folder. */
  static DenoiserNetwork network(Path folder) {
    ConfigFile config = ConfigFile.read(folder.resolve(CONFIG));
    return ConfiguredExtensions.of(
            DenoiserFamily.class,
            DenoiserFamily::recognises,
            config,
            "kind of denoiser",
            config.text("_class_name", ""))
        .network(config);
  }

  static Path weights(Path folder) {
    return folder.resolve(WEIGHTS);
  }

  static List<Parameter> parameters(DenoiserNetwork network, DType compute) {
    return Network.parameters(
        compute, StagedNetworks.denoiser(network, compute, AdapterInputs.NONE));
  }
}
