package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A denoiser of Stable Diffusion 1's size with untrained weights; 3.4 GB in F32. */
public final class RandomDenoiser {
  /** Side of the latents of a picture of 512x512 pixels. */
  public static final int SIDE = 64;

  static final UNetConfig SD15 =
      new UNetConfig(
          4,
          4,
          List.of(320, 640, 1280, 1280),
          List.of(true, true, true, false),
          List.of(false, true, true, true),
          2,
          768,
          List.of(8, 8, 8, 8),
          32,
          1e-5,
          false);

  private static final String CONFIG =
      """
      {
        "_class_name": "UNet2DConditionModel",
        "attention_head_dim": 8,
        "block_out_channels": [320, 640, 1280, 1280],
        "cross_attention_dim": 768,
        "down_block_types": [
          "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"
        ],
        "in_channels": 4,
        "layers_per_block": 2,
        "out_channels": 4,
        "sample_size": 64,
        "up_block_types": [
          "UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"
        ]
      }
      """;

  private RandomDenoiser() {}

  /** The file of the weights below a folder. */
  static Path weights(Path folder) {
    return folder.resolve("unet").resolve("diffusion_pytorch_model.safetensors");
  }

  /** Writes it in F32 and the folder layout of diffusers, if it is not there. */
  static Path write(Path folder) {
    return write(folder, DType.F32);
  }

  /** Writes it in F32 or BF16 and the folder layout of diffusers, if it is not there. */
  public static Path write(Path folder, DType stored) {
    Path file = weights(folder);
    if (Files.exists(file)) {
      return folder;
    }
    RandomWeights.write(
        file,
        stored,
        Network.parameters(
            DType.F32, StagedNetworks.denoiser(new UNet(SD15), DType.F32, AdapterInputs.NONE)));
    try {
      Files.writeString(folder.resolve("unet").resolve("config.json"), CONFIG);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
