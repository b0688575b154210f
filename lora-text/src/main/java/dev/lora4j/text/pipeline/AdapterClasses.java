package dev.lora4j.text.pipeline;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Classes of the head in an adapter's file. PEFT leaves their names to the base's configuration,
 * which has none where the base was saved without a head; so they are in the header of the file
 * with the tensors.
 */
public final class AdapterClasses {
  private static final MetadataKey<SortedMap<String, String>> NAMES =
      MetadataKey.object("id2label");

  private static final String HEAD = "lora4j_head";
  private static final String WORDS = "words";
  private static final String CONFIG = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";
  private static final List<String> HEADS =
      List.of("classifier.weight", "classifier.out_proj.weight", "score.weight");

  private AdapterClasses() {}

  /** Metadata of these classes in an adapter's header. */
  public static Map<String, String> metadata(List<String> labels) {
    SortedMap<String, String> numbered = new TreeMap<>();
    for (int i = 0; i < labels.size(); i++) {
      numbered.put(String.valueOf(i), labels.get(i));
    }
    return Metadata.EMPTY.with(NAMES, numbered).entries();
  }

  /**
   * The classes of an adapter in a file, or in a folder as PEFT writes it: by its header, else
   * numbered as transformers does, by the size of its head; none if it has no head.
   *
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged
   */
  public static List<String> of(Path adapter) {
    Path file = Files.isDirectory(adapter) ? adapter.resolve(TENSORS) : adapter;
    // llama.cpp's layout has no heads.
    if (!Files.isRegularFile(file) || GgufFile.named(file)) {
      return List.of();
    }
    try (TensorStore store = TensorStore.open(file)) {
      return new Metadata(store.metadata())
          .get(NAMES)
          .map(AdapterClasses::named)
          .filter(n -> !n.isEmpty())
          .orElseGet(() -> numbered(store.tensors()));
    }
  }

  /** Metadata of classes of words in an adapter's header. */
  public static Map<String, String> metadataOfWords(List<String> tags) {
    Map<String, String> all = new HashMap<>(metadata(tags));
    all.put(HEAD, WORDS);
    return Map.copyOf(all);
  }

  /**
   * Returns true if the head of an adapter tells classes of words: by its header, or by PEFT's task
   * type in the folder.
   *
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged
   */
  public static boolean ofWords(Path adapter) {
    Path file = Files.isDirectory(adapter) ? adapter.resolve(TENSORS) : adapter;
    if (!Files.isRegularFile(file) || GgufFile.named(file)) {
      return false;
    }
    Path config = adapter.resolve(CONFIG);
    if (Files.isRegularFile(config)
        && ConfigFile.read(config).text("task_type", "").equals("TOKEN_CLS")) {
      return true;
    }
    try (TensorStore store = TensorStore.open(file)) {
      return WORDS.equals(store.metadata().get(HEAD));
    }
  }

  private static List<String> named(SortedMap<String, String> names) {
    List<Optional<String>> all =
        IntStream.range(0, names.size())
            .mapToObj(i -> Optional.ofNullable(names.get(String.valueOf(i))))
            .toList();
    boolean whole = all.stream().allMatch(Optional::isPresent);
    return whole ? all.stream().map(Optional::orElseThrow).toList() : List.of();
  }

  private static List<String> numbered(Map<String, TensorInfo> tensors) {
    return tensors.entrySet().stream()
        .filter(e -> HEADS.stream().anyMatch(h -> e.getKey().endsWith("." + h)))
        .findFirst()
        .map(e -> (int) e.getValue().shape().size(0))
        .map(n -> IntStream.range(0, n).mapToObj(i -> "LABEL_" + i).toList())
        .orElse(List.of());
  }
}
