package dev.lora4j.core.format.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The file with the weights of a model that is saved as a folder, or the index of its shards. */
public final class WeightFile {
  private static final List<String> NAMES =
      List.of(
          "diffusion_pytorch_model.safetensors",
          "model.safetensors",
          "diffusion_pytorch_model.safetensors.index.json",
          "model.safetensors.index.json",
          "diffusion_pytorch_model.fp16.safetensors",
          "model.fp16.safetensors",
          "diffusion_pytorch_model.safetensors.fp16.index.json",
          "diffusion_pytorch_model.safetensors.index.fp16.json",
          "model.safetensors.index.fp16.json");

  private WeightFile() {}

  /**
   * The file in {@code folder}; empty if there is none of a name that diffusers or transformers
   * give.
   */
  public static Optional<Path> in(Path folder) {
    return NAMES.stream().map(folder::resolve).filter(Files::exists).findFirst();
  }

  /** The names that are looked for, likeliest first. */
  public static List<String> names() {
    return NAMES;
  }
}
