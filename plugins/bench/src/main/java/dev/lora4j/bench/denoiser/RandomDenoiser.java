package dev.lora4j.bench.denoiser;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.Network;
import dev.lora4j.diffusion.base.Networks;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A denoiser of Stable Diffusion 1's size with untrained weights in F32, 3.4 GB. */
final class RandomDenoiser {
  /** Side of the latents of a picture of 512x512 pixels. */
  static final int SIDE = 64;

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

  /** Writes it in the folder layout of diffusers, if it is not there. */
  static Path write(Path folder) {
    Path file = weights(folder);
    if (Files.exists(file)) {
      return folder;
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter :
        Network.parameters(DType.F32, Networks.unet(SD15, DType.F32, AdapterInputs.NONE))) {
      writer.add(parameter.name(), DType.F32, parameter.shape(), () -> bytes(parameter));
    }
    try {
      Files.createDirectories(folder.resolve("unet"));
      Files.writeString(folder.resolve("unet").resolve("config.json"), CONFIG);
      writer.write(file);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asked for one after another, so that never more than one tensor is in memory. */
  private static ByteBuffer bytes(Parameter parameter) {
    float[] values = Initialiser.fill(FlatLayout.of(List.of(parameter)), 0);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
