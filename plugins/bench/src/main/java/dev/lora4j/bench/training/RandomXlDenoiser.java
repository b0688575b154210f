package dev.lora4j.bench.training;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A denoiser of Stable Diffusion XL's size with untrained weights; 5.1 GB in BF16. */
final class RandomXlDenoiser {
  private static final UNetConfig SDXL =
      new UNetConfig(
          4,
          4,
          List.of(320, 640, 1280),
          List.of(false, true, true),
          List.of(true, true, false),
          2,
          2048,
          List.of(5, 10, 20),
          32,
          1e-5,
          true,
          List.of(1, 2, 10),
          false,
          Optional.of(new UNetConfig.Added(256, 2816)),
          UNetVariant.PLAIN);

  private static final String CONFIG =
      """
      {
        "_class_name": "UNet2DConditionModel",
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "attention_head_dim": [5, 10, 20],
        "block_out_channels": [320, 640, 1280],
        "cross_attention_dim": 2048,
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "in_channels": 4,
        "layers_per_block": 2,
        "out_channels": 4,
        "projection_class_embeddings_input_dim": 2816,
        "sample_size": 128,
        "transformer_layers_per_block": [1, 2, 10],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "use_linear_projection": true
      }
      """;

  private RandomXlDenoiser() {}

  /** Writes it in the folder layout of diffusers, if it is not there. */
  static void write(Path folder, DType stored) {
    Path file = folder.resolve("unet").resolve("diffusion_pytorch_model.safetensors");
    if (Files.exists(file)) {
      return;
    }
    RandomWeights.write(
        file,
        stored,
        Network.parameters(
            DType.F32, StagedNetworks.denoiser(new UNet(SDXL), DType.F32, AdapterInputs.NONE)));
    try {
      Files.writeString(folder.resolve("unet").resolve("config.json"), CONFIG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
