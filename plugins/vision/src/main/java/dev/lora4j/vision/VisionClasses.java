package dev.lora4j.vision;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.text.pipeline.AdapterClasses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * Classes of the head in an adapter's file: by its header, as adapters of language models have
 * them, else numbered, by the size of its head.
 */
public final class VisionClasses {
  private static final String TENSORS = "adapter_model.safetensors";
  private static final String SIZE = "lora4j_size";
  private static final List<String> HEADS = List.of(".fc.weight", ".classifier.1.weight");

  private VisionClasses() {}

  /**
   * The classes of an adapter; none if it has no head. Where its file has no names for them, and
   * the base has as many, they are the base's, as PEFT leaves the names to its configuration.
   *
   * @param adapter a file, or a folder as PEFT writes it
   * @param base classes of the base's own head
   */
  public static List<String> of(Path adapter, List<String> base) {
    List<String> found = of(adapter);
    return found.size() == base.size() && found.equals(numbered(found.size())) ? base : found;
  }

  private static List<String> numbered(long count) {
    return LongStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
  }

  /**
   * The classes of an adapter, numbered if its file has no names for them; none if it has no head.
   *
   * @param adapter a file, or a folder as PEFT writes it
   */
  public static List<String> of(Path adapter) {
    List<String> named = AdapterClasses.of(adapter);
    Path file = Files.isDirectory(adapter) ? adapter.resolve(TENSORS) : adapter;
    if (!named.isEmpty() || !Files.isRegularFile(file) || GgufFile.named(file)) {
      return named;
    }
    try (TensorStore store = TensorStore.open(file)) {
      return store.tensors().values().stream()
          .filter(t -> HEADS.stream().anyMatch(t.name()::endsWith))
          .findFirst()
          .map(head -> numbered(head.shape().size(0)))
          .orElse(List.of());
    }
  }

  /**
   * Metadata of the header of an adapter, or of a model.
   *
   * @param labels classes of its head
   * @param size height and width of what it was trained on, in pixels
   */
  public static Map<String, String> metadata(List<String> labels, int size) {
    Map<String, String> all = new HashMap<>(AdapterClasses.metadata(labels));
    all.put(SIZE, String.valueOf(size));
    return Map.copyOf(all);
  }

  /**
   * Height and width of what an adapter or a model was trained on, in pixels, if its file says it.
   *
   * @param adapter a file, or a folder as PEFT writes it
   */
  public static OptionalInt size(Path adapter) {
    Path file = Files.isDirectory(adapter) ? adapter.resolve(TENSORS) : adapter;
    if (!Files.isRegularFile(file) || GgufFile.named(file)) {
      return OptionalInt.empty();
    }
    try (TensorStore store = TensorStore.open(file)) {
      String said = store.metadata().getOrDefault(SIZE, "");
      return said.matches("[1-9][0-9]{0,3}")
          ? OptionalInt.of(Integer.parseInt(said))
          : OptionalInt.empty();
    }
  }
}
