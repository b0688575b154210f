package dev.lora4j.bench.training;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.bench.denoiser.RandomDenoiser;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
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
 * A whole model with a denoiser of Stable Diffusion 1's or XL's size. Text encoder and autoencoder,
 * of which a step on cached inputs uses nothing, are as small as can be.
 */
final class RandomModel {
  private static final ClipTextConfig TEXT = new ClipTextConfig(2, 768, 64, 1, 12, 77, 1e-5, true);
  private static final ClipTextConfig WIDE_TEXT =
      new ClipTextConfig(2, 1280, 64, 1, 20, 77, 1e-5, false, 1280);
  private static final Vae VAE = new Vae(new VaeConfig(3, 3, 4, List.of(32), 1, 32, 0.18215, 0));

  private static final String TEXT_CONFIG =
      """
      {
        "model_type": "clip_text_model",
        "hidden_act": "quick_gelu",
        "hidden_size": 768,
        "intermediate_size": 64,
        "max_position_embeddings": 77,
        "num_attention_heads": 12,
        "num_hidden_layers": 1,
        "vocab_size": 2
      }
      """;

  private static final String WIDE_TEXT_CONFIG =
      """
      {
        "architectures": ["CLIPTextModelWithProjection"],
        "model_type": "clip_text_model",
        "hidden_act": "gelu",
        "hidden_size": 1280,
        "intermediate_size": 64,
        "max_position_embeddings": 77,
        "num_attention_heads": 20,
        "num_hidden_layers": 1,
        "projection_dim": 1280,
        "vocab_size": 2
      }
      """;

  private static final String VAE_CONFIG =
      """
      {
        "_class_name": "AutoencoderKL",
        "act_fn": "silu",
        "block_out_channels": [32],
        "down_block_types": ["DownEncoderBlock2D"],
        "in_channels": 3,
        "latent_channels": 4,
        "layers_per_block": 1,
        "norm_num_groups": 32,
        "out_channels": 3,
        "up_block_types": ["UpDecoderBlock2D"]
      }
      """;

  private static final String SCHEDULE =
      """
      {
        "_class_name": "DDPMScheduler",
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "num_train_timesteps": 1000,
        "prediction_type": "epsilon"
      }
      """;

  private RandomModel() {}

  /** Writes it in the folder layout of diffusers, if it is not there. */
  static Path write(Path folder, DType stored) {
    RandomDenoiser.write(folder, stored);
    write(folder, "text_encoder", "model", stored, TEXT_CONFIG, text(TEXT));
    writeOthers(folder, stored);
    return folder;
  }

  /** Writes one with a denoiser of Stable Diffusion XL's size likewise. */
  static Path writeXl(Path folder, DType stored) {
    RandomXlDenoiser.write(folder, stored);
    write(folder, "text_encoder", "model", stored, TEXT_CONFIG, text(TEXT));
    write(folder, "text_encoder_2", "model", stored, WIDE_TEXT_CONFIG, text(WIDE_TEXT));
    writeOthers(folder, stored);
    return folder;
  }

  private static Network.Staging text(ClipTextConfig config) {
    return StagedNetworks.text(
        new ClipText(config), HiddenLayer.LAST, DType.F32, AdapterInputs.NONE);
  }

  private static void writeOthers(Path folder, DType stored) {
    write(
        folder,
        "vae",
        "diffusion_pytorch_model",
        stored,
        VAE_CONFIG,
        StagedNetworks.encoder(VAE, DType.F32),
        StagedNetworks.decoder(VAE, DType.F32));
    write(folder.resolve("scheduler").resolve("scheduler_config.json"), SCHEDULE);
  }

  private static void write(
      Path folder,
      String part,
      String name,
      DType stored,
      String config,
      Network.Staging... stagings) {
    Map<String, Parameter> all = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(DType.F32, staging).forEach(p -> all.put(p.name(), p));
    }
    Path file = folder.resolve(part).resolve(name + ".safetensors");
    RandomWeights.write(file, stored, List.copyOf(all.values()));
    write(folder.resolve(part).resolve("config.json"), config);
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
