package dev.lora4j.diffusion.base;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufMetadata;
import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.gguf.GgufWeights;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file with a whole model or its denoiser: safetensors, or GGUF as stable-diffusion.cpp and
 * ComfyUI-GGUF write it.
 *
 * @param tensors by the numbers that they stand for
 * @param metadata texts of a safetensors header; of GGUF, its architecture alone
 * @param opened what is closed with it
 */
record SingleFile(StoredTensors tensors, Map<String, String> metadata, List<TensorStore> opened)
    implements AutoCloseable {
  private static final String ARCHITECTURE = "general.architecture";
  private static final String SHAPE = "comfy.gguf.orig_shape.";
  private static final Pattern PICKLED = Pattern.compile(".*\\.(ckpt|pt|pth|bin|pkl)");

  /**
   * Opens a file.
   *
   * @throws ModelException if there is none, or it is of a kind that could run code
   */
  static SingleFile open(Path file) {
    if (!Files.exists(file)) {
      throw new ModelException("There is no model " + file + ".");
    }
    if (PICKLED.matcher(file.toString().toLowerCase(Locale.ROOT)).matches()) {
      throw new ModelException(
          file
              + " is not opened: files ending in .ckpt, .pt, .pth or .bin can run code when they are"
              + " read. Take the model's .safetensors file, or convert it to one with a program that"
              + " you trust to read it.");
    }
    return GgufFile.named(file) ? gguf(file) : safetensors(file);
  }

  private static SingleFile gguf(Path path) {
    GgufFile file = GgufFile.open(path);
    List<GgufWeight> all =
        file.tensors().keySet().stream().map(name -> weight(file.metadata(), name)).toList();
    return new SingleFile(
        new GgufWeights(file, all),
        file.metadata().text(ARCHITECTURE).map(a -> Map.of(ARCHITECTURE, a)).orElse(Map.of()),
        List.of());
  }

  /** A weight, whose shape ComfyUI-GGUF keeps beside it where its rows are no whole blocks. */
  private static GgufWeight weight(GgufMetadata metadata, String name) {
    GgufWeight plain = GgufWeight.of(name, name);
    String key = SHAPE + name;
    if (!metadata.has(key)) {
      return plain;
    }
    List<Integer> sizes = metadata.wholes(key, 1, Integer.MAX_VALUE);
    return plain.withShape(Shape.of(sizes.stream().mapToLong(s -> s).toArray()));
  }

  private static SingleFile safetensors(Path path) {
    TensorStore store = TensorStore.open(path);
    try {
      return new SingleFile(QuantisedTensors.of(store), store.metadata(), List.of(store));
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  /** The architecture that a GGUF file names. */
  Optional<String> architecture() {
    return Optional.ofNullable(metadata.get(ARCHITECTURE));
  }

  @Override
  public void close() {
    opened.forEach(TensorStore::close);
  }
}
