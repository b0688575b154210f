package dev.lora4j.bench.flow;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A FLUX.1 [dev] with one double and one single block, whose weights are from chance. Text encoders
 * and autoencoder, of which a step on given inputs uses nothing, are as small as can be.
 *
 * @param heads of each attention, 128 wide
 * @param textWidth width of the text conditioning
 * @param pooledWidth width of the pooled text, a multiple of 64
 */
record FluxFolder(int heads, int textWidth, int pooledWidth) {
  /** The published widths: 0.6 billion weights. */
  static final FluxFolder PUBLISHED = new FluxFolder(24, 4096, 768);

  /** Width of a head. */
  static final int HEAD = 128;

  private static final String CONFIG = "config.json";
  private static final Vae VAE = new Vae(new VaeConfig(3, 3, 16, List.of(32), 1, 32, 0.3611, 0));

  private static final String VAE_CONFIG =
      """
      {
        "_class_name": "AutoencoderKL", "act_fn": "silu", "block_out_channels": [32], "down_block_types": ["DownEncoderBlock2D"],
        "in_channels": 3, "latent_channels": 16, "layers_per_block": 1, "norm_num_groups": 32, "out_channels": 3,
        "scaling_factor": 0.3611, "shift_factor": 0, "up_block_types": ["UpDecoderBlock2D"]
      }
      """;

  private static final String SCHEDULE =
      """
      {"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 3.0}
      """;

  /** Width of the blocks. */
  int width() {
    return heads * HEAD;
  }

  private String transformer() {
    return """
        {
          "_class_name": "FluxTransformer2DModel", "patch_size": 1, "in_channels": 64, "out_channels": null, "num_layers": 1,
          "num_single_layers": 1, "num_attention_heads": %d, "attention_head_dim": %d, "joint_attention_dim": %d,
          "pooled_projection_dim": %d, "guidance_embeds": true, "axes_dims_rope": [16, 56, 56]
        }
        """
        .formatted(heads, HEAD, textWidth, pooledWidth);
  }

  private String pooledText() {
    return """
        {
          "model_type": "clip_text_model", "architectures": ["CLIPTextModel"], "hidden_act": "quick_gelu", "hidden_size": %d,
          "intermediate_size": 64, "max_position_embeddings": 77, "num_attention_heads": %d, "num_hidden_layers": 1, "vocab_size": 2
        }
        """
        .formatted(pooledWidth, pooledWidth / 64);
  }

  private String text() {
    return """
        {
          "model_type": "t5", "architectures": ["T5EncoderModel"], "d_model": %d, "d_ff": 8, "d_kv": 8, "num_heads": 1,
          "num_layers": 1, "vocab_size": 8, "relative_attention_num_buckets": 8, "feed_forward_proj": "gated-gelu"
        }
        """
        .formatted(textWidth);
  }

  /** Writes it, if it is not there. */
  Path write(Path folder, DType stored) {
    Path own = folder.resolve("flux-" + width() + "-" + stored);
    if (Files.exists(own)) {
      return own;
    }
    Path denoiser = own.resolve("transformer");
    write(denoiser.resolve(CONFIG), transformer());
    RandomWeights.write(
        FlowModel.weights(denoiser),
        stored,
        FlowModel.parameters(FlowModel.network(denoiser), DType.F32));
    encoder(own.resolve("text_encoder"), stored, pooledText());
    encoder(own.resolve("text_encoder_2"), stored, text());
    Path vae = own.resolve("vae");
    write(vae.resolve(CONFIG), VAE_CONFIG);
    weights(
        vae.resolve("diffusion_pytorch_model.safetensors"),
        stored,
        StagedNetworks.encoder(VAE, DType.F32),
        StagedNetworks.decoder(VAE, DType.F32));
    write(own.resolve("scheduler").resolve("scheduler_config.json"), SCHEDULE);
    return own;
  }

  private static void encoder(Path folder, DType stored, String config) {
    write(folder.resolve(CONFIG), config);
    ConfigFile file = ConfigFile.read(folder.resolve(CONFIG));
    TextEncoderNetwork network =
        ConfiguredExtensions.of(
                TextEncoderFamily.class,
                TextEncoderFamily::recognises,
                file,
                "kind of text encoder",
                file.text("model_type", ""))
            .network(file);
    weights(
        folder.resolve("model.safetensors"),
        stored,
        StagedNetworks.text(network, HiddenLayer.LAST, DType.F32, AdapterInputs.NONE));
  }

  private static void weights(Path file, DType stored, Network.Staging... stagings) {
    Map<String, Parameter> all = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(DType.F32, staging).forEach(p -> all.put(p.name(), p));
    }
    RandomWeights.write(file, stored, List.copyOf(all.values()));
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
