package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Opens the files that a base model consists of. */
final class CheckpointParts {
  private static final Pattern ADAPTER =
      Pattern.compile(
          ".*\\.(lora_(down|up|A|B)(\\.\\w+)?\\.weight|hada_w1_a|lokr_w[12](_a)?|oft_blocks|diff)");

  private CheckpointParts() {}

  /** The parts by name; a model that is saved alone has one called "". The opener closes. */
  static Map<String, TensorStore> open(Path path) {
    return Files.isDirectory(path) ? folder(path) : file(path);
  }

  private static Map<String, TensorStore> folder(Path folder) {
    Map<String, TensorStore> parts = new LinkedHashMap<>();
    try {
      for (String name : Components.all()) {
        WeightFile.in(folder.resolve(name))
            .ifPresent(file -> parts.put(name, TensorStore.open(file)));
      }
      if (parts.isEmpty()) {
        parts.put("", TensorStore.open(alone(folder)));
      }
    } catch (RuntimeException | Error e) {
      parts.values().forEach(TensorStore::close);
      throw e;
    }
    return Collections.unmodifiableMap(parts);
  }

  private static Path alone(Path folder) {
    Optional<Path> file = WeightFile.in(folder);
    if (file.isPresent()) {
      return file.get();
    }
    String hint =
        Files.exists(folder.resolve("adapter_config.json"))
            ? " It is an adapter; give the base model that it is for."
            : " Files ending in .bin or .ckpt can run code when they are read and are not opened;"
                + " convert them to safetensors.";
    throw new CheckpointException(
        folder
            + " is no base model: expected a folder in the layout of diffusers, or one with "
            + String.join(", ", WeightFile.names())
            + "."
            + hint);
  }

  private static Map<String, TensorStore> file(Path file) {
    if (GgufFile.named(file)) {
      throw new CheckpointException(
          file
              + " is a GGUF file, which is read as a base and not written again. Take the model's"
              + " safetensors files here; of a language model, text merge writes a folder with"
              + " adapters in its weights.");
    }
    TensorStore store = TensorStore.open(file);
    Optional<String> factor =
        store.tensors().keySet().stream().filter(n -> ADAPTER.matcher(n).matches()).findFirst();
    if (factor.isPresent()) {
      store.close();
      throw new CheckpointException(
          file
              + " is an adapter: it holds "
              + factor.get()
              + ". Give the base model that it is for.");
    }
    return Map.of(name(store), store);
  }

  private static String name(TensorStore store) {
    return Families.component(store.tensors().keySet()).orElse("");
  }
}
