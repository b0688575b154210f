package dev.lora4j.core.model;

import dev.lora4j.core.format.checkpoint.WeightFile;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Path;
import java.util.List;

/** The files with the weights of one part of a model folder. */
public final class WeightFiles {
  private WeightFiles() {}

  /**
   * The file to open: the weights, or the index of their shards.
   *
   * @throws ModelException if there is none
   */
  public static Path main(Path part) {
    return WeightFile.in(part)
        .orElseThrow(
            () ->
                new ModelException(
                    part
                        + " has no weights; expected one of "
                        + String.join(", ", WeightFile.names())
                        + ". Files ending in .bin or .ckpt can run code when read and are not"
                        + " opened; convert them to safetensors."));
  }

  /** The weights themselves, one file or all shards in the order of their names. */
  public static List<Path> of(Path part) {
    Path main = main(part);
    if (!main.toString().endsWith(".json")) {
      return List.of(main);
    }
    try (TensorStore shards = TensorStore.open(main)) {
      return shards.tensors().keySet().stream().map(shards::fileOf).distinct().sorted().toList();
    }
  }
}
