package dev.lora4j.core.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of an adapter that is to be stored: itself, or those of a folder of PEFT's or MLX's.
 */
record SourceFolder(boolean folder, List<Path> files) {
  private static final String CONFIG = "adapter_config.json";
  private static final List<String> TENSORS =
      List.of("adapter_model.safetensors", "adapters.safetensors");

  /**
   * Finds the files.
   *
   * @throws StoreException if a store does not take what this is
   */
  static SourceFolder of(Path source) {
    if (Files.isDirectory(source)) {
      List<Path> tensors =
          TENSORS.stream().map(source::resolve).filter(Files::isRegularFile).toList();
      Path config = source.resolve(CONFIG);
      if (!Files.isRegularFile(config) || tensors.size() != 1) {
        throw new StoreException(
            source
                + " is no adapter in a folder. A store takes folders with "
                + CONFIG
                + " and adapter_model.safetensors (PEFT) or adapters.safetensors (MLX), and"
                + " .safetensors files.");
      }
      return new SourceFolder(true, List.of(config, tensors.get(0)));
    }
    if (!source.toString().endsWith(".safetensors")) {
      throw new StoreException(
          source
              + " is no .safetensors file. A store takes those and folders of PEFT; 'lora4j convert'"
              + " makes them of adapters in other forms.");
    }
    return new SourceFolder(false, List.of(source));
  }
}
