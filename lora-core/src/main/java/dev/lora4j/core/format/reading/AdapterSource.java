package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.config.AdapterConfig;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The tensors of an adapter, and the configuration that lies beside them or in the header. */
final class AdapterSource implements AutoCloseable {
  private static final String PEFT_TENSORS = "adapter_model.safetensors";
  private static final String PEFT_PICKLE = "adapter_model.bin";
  private static final String PEFT_CONFIG = "adapter_config.json";

  private final Path path;
  private final TensorStore store;
  private final AdapterConfig config;

  private AdapterSource(Path path, TensorStore store, AdapterConfig config) {
    this.path = path;
    this.store = store;
    this.config = config;
  }

  /** Opens a file, or a folder as PEFT saves it. */
  static AdapterSource open(Path path) {
    Path file = Files.isDirectory(path) ? inFolder(path) : path;
    TensorStore store =
        file.toString().endsWith(".json") ? TensorStore.open(file) : Safetensors.openLenient(file);
    try {
      Path beside = file.resolveSibling(PEFT_CONFIG);
      boolean peft = file.endsWith(PEFT_TENSORS) && Files.isRegularFile(beside);
      AdapterConfig config =
          peft ? AdapterConfig.read(beside) : AdapterConfig.inHeader(path, store.metadata());
      return new AdapterSource(path, store, config);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static Path inFolder(Path folder) {
    Path tensors = folder.resolve(PEFT_TENSORS);
    if (Files.isRegularFile(tensors)) {
      return tensors;
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

  /** What was opened: a file or a folder. */
  Path path() {
    return path;
  }

  TensorStore store() {
    return store;
  }

  AdapterConfig config() {
    return config;
  }

  /** The tensor called {@code key}, which must be there. */
  HostTensor tensor(String key) {
    TensorInfo info =
        Optional.ofNullable(store.tensors().get(key))
            .orElseThrow(() -> new AdapterException(path + " has no tensor " + key + "."));
    return HostTensor.of(info.dtype(), info.shape(), store.read(key));
  }

  @Override
  public void close() {
    store.close();
  }
}
