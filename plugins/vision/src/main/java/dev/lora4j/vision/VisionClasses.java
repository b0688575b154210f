package dev.lora4j.vision;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.text.pipeline.AdapterClasses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Classes of the head in an adapter's file: by its header, as adapters of language models have
 * them, else numbered, by the size of its head.
 */
public final class VisionClasses {
  private static final String TENSORS = "adapter_model.safetensors";
  private static final List<String> HEADS = List.of(".fc.weight", ".classifier.1.weight");

  private VisionClasses() {}

  /**
   * The classes of an adapter; none if it has no head.
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
      List<String> all = new ArrayList<>();
      store.tensors().values().stream()
          .filter(t -> HEADS.stream().anyMatch(t.name()::endsWith))
          .findFirst()
          .ifPresent(
              head -> {
                for (int i = 0; i < head.shape().size(0); i++) {
                  all.add("LABEL_" + i);
                }
              });
      return all;
    }
  }
}
