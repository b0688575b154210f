package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.config.AdapterConfig;
import dev.lora4j.core.format.gguf.GgufDialect;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The tensors of an adapter, and the configuration next to them or in the header. */
final class AdapterSource implements AutoCloseable {
  private static final String PEFT_TENSORS = "adapter_model.safetensors";
  private static final String PEFT_PICKLE = "adapter_model.bin";
  private static final String PEFT_CONFIG = "adapter_config.json";
  private static final String MLX_TENSORS = "adapters.safetensors";
  private static final String MLX_ARCHIVE = "adapters.npz";

  private static final List<AdapterFormat> GGUF = List.of(new GgufDialect());

  private final Path path;
  private final SortedMap<String, AdapterTensors> stores;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final AdapterConfig config;

  private AdapterSource(Path path, SortedMap<String, AdapterTensors> stores, AdapterConfig config) {
    this.path = path;
    this.stores = stores;
    this.config = config;
    stores.forEach(
        (prefix, store) ->
            store
                .tensors()
                .values()
                .forEach(t -> tensors.put(prefix + t.name(), named(prefix, t))));
  }

  private static TensorInfo named(String prefix, TensorInfo t) {
    return new TensorInfo(prefix + t.name(), t.dtype(), t.shape(), t.begin(), t.end());
  }

  /** Opens a file, a folder as PEFT saves it, or a folder that has one of these for each model. */
  static AdapterSource open(Path path) {
    List<String> models = models(path);
    return models.isEmpty() ? single(path) : joined(path, models);
  }

  private static AdapterSource single(Path path) {
    if (GgufFile.named(path) && !Files.isDirectory(path)) {
      GgufAdapter file = new GgufAdapter(path);
      OptionalDouble alpha = file.alpha();
      AdapterConfig config =
          alpha.isPresent() ? AdapterConfig.ofAlpha(alpha.getAsDouble()) : AdapterConfig.NONE;
      return new AdapterSource(path, new TreeMap<>(Map.of("", file)), config);
    }
    Path file = Files.isDirectory(path) ? inFolder(path) : path;
    TensorStore store =
        file.toString().endsWith(".json") ? TensorStore.open(file) : Safetensors.openLenient(file);
    try {
      Path beside = file.resolveSibling(PEFT_CONFIG);
      boolean peft = file.endsWith(PEFT_TENSORS) && Files.isRegularFile(beside);
      boolean mlx = file.endsWith(MLX_TENSORS) && Files.isRegularFile(beside);
      AdapterConfig config =
          peft
              ? AdapterConfig.read(beside)
              : mlx ? AdapterConfig.mlx(beside) : AdapterConfig.inHeader(path, store.metadata());
      AdapterTensors tensors = ExpandedTensors.of(file, AdapterTensors.of(store));
      return new AdapterSource(path, new TreeMap<>(Map.of("", tensors)), config);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The models that a folder without tensors of its own has folders for. */
  static List<String> models(Path folder) {
    if (Files.exists(folder.resolve(PEFT_TENSORS))) {
      return List.of();
    }
    return Components.all().stream()
        .filter(m -> Files.isRegularFile(folder.resolve(m).resolve(PEFT_TENSORS)))
        .toList();
  }

  /** Returns true if {@link #open} takes a folder or refuses it with a reason. */
  static boolean folder(Path folder) {
    return Files.isRegularFile(folder.resolve(PEFT_CONFIG))
        || Files.isRegularFile(folder.resolve(MLX_TENSORS))
        || Files.isRegularFile(folder.resolve(PEFT_TENSORS))
        || !models(folder).isEmpty();
  }

  /**
   * Keys and paths begin with the model's name and a dot, as PEFT's keys did for whole pipelines.
   */
  private static AdapterSource joined(Path path, List<String> models) {
    SortedMap<String, AdapterTensors> stores = new TreeMap<>();
    SortedMap<String, AdapterConfig> configs = new TreeMap<>();
    try {
      for (String model : models) {
        AdapterSource one = single(path.resolve(model));
        stores.put(model + ".", one.stores.values().iterator().next());
        configs.put(model + ".", one.config);
      }
      return new AdapterSource(path, stores, AdapterConfig.joined(configs));
    } catch (RuntimeException e) {
      stores.values().forEach(AdapterTensors::close);
      throw e;
    }
  }

  /** The file with the tensors of a folder as PEFT or MLX-LM saves it. */
  static Path inFolder(Path folder) {
    for (String name : List.of(PEFT_TENSORS, MLX_TENSORS)) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    if (Files.exists(folder.resolve(MLX_ARCHIVE))) {
      throw new AdapterException(
          folder.resolve(MLX_ARCHIVE)
              + " is an archive of numpy, as MLX's examples wrote it. Save the adapter again with an"
              + " mlx_lm of 2024 or later, which writes "
              + MLX_TENSORS
              + ".");
    }
    throw new AdapterException(
        Files.exists(folder.resolve(PEFT_PICKLE))
            ? folder.resolve(PEFT_PICKLE)
                + " is a Python pickle, which can run code when it is loaded, so it is never opened"
                + " here. Save the adapter again with a PEFT of 2023 or later, which writes "
                + PEFT_TENSORS
                + "."
            : folder
                + " has no "
                + PEFT_TENSORS
                + "; give the adapter's file, or a folder as PEFT saves it.");
  }

  /** The opened file or folder. */
  Path path() {
    return path;
  }

  /** All tensors by key. */
  Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The strings in the headers. */
  Map<String, String> metadata() {
    Map<String, String> all = new TreeMap<>();
    stores.values().forEach(store -> all.putAll(store.metadata()));
    return all;
  }

  /** Malformations that were tolerated. */
  List<String> warnings() {
    return stores.values().stream().flatMap(store -> store.warnings().stream()).toList();
  }

  /** The dialects that its keys may be in, in the order of their precedence. */
  List<AdapterFormat> dialects() {
    return gguf().isPresent() ? GGUF : Formats.all();
  }

  /**
   * Requires a base that the keys can be read for: names of llama.cpp tell no layers without one.
   *
   * @throws AdapterException if it is none
   */
  void requireBase(Optional<Family> base) {
    gguf().ifPresent(file -> file.requireBase(base));
  }

  private Optional<GgufAdapter> gguf() {
    return stores.values().stream()
        .flatMap(s -> s instanceof GgufAdapter file ? Stream.of(file) : Stream.empty())
        .findFirst();
  }

  AdapterConfig config() {
    return config;
  }

  /** The tensor called {@code key}, which must be there. */
  HostTensor tensor(String key) {
    for (Map.Entry<String, AdapterTensors> entry : stores.entrySet()) {
      String name = key.startsWith(entry.getKey()) ? key.substring(entry.getKey().length()) : "";
      if (entry.getValue().tensors().containsKey(name)) {
        return entry.getValue().tensor(name);
      }
    }
    throw new AdapterException(path + " has no tensor " + key + ".");
  }

  @Override
  public void close() {
    stores.values().forEach(AdapterTensors::close);
  }
}
