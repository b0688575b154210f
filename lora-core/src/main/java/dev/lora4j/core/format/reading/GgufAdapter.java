package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.gguf.GgufAdapterKeys;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufType;
import dev.lora4j.core.gguf.block.BlockType;
import dev.lora4j.core.safetensors.QuotedText;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * An adapter in a GGUF file, as llama.cpp's {@code convert_lora_to_gguf.py} writes it. Quantised
 * factors are dequantised to F32.
 */
final class GgufAdapter implements AdapterTensors {
  private static final String ADAPTER = "adapter.";

  /** Keys below {@link #ADAPTER} that are read, or that say what the adapter is good for. */
  private static final Set<String> KNOWN =
      Set.of(
          GgufAdapterKeys.TYPE,
          GgufAdapterKeys.ALPHA,
          "adapter.lora.task_name",
          "adapter.lora.prompt_prefix");

  private final GgufFile file;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  /**
   * Opens a file.
   *
   * @throws AdapterException if it is no LoRA, or says more than can be read
   * @throws dev.lora4j.core.gguf.GgufException if it is damaged
   */
  GgufAdapter(Path path) {
    file = GgufFile.open(path);
    requireAdapter();
    for (GgufTensor tensor : file.tensors().values()) {
      block(tensor);
      tensors.put(
          tensor.name(),
          new TensorInfo(
              tensor.name(),
              dtype(tensor.type()),
              tensor.shape(),
              tensor.begin(),
              tensor.begin() + tensor.length()));
    }
  }

  private void requireAdapter() {
    String type = file.metadata().text(GgufAdapterKeys.GENERAL_TYPE).orElse("model");
    if (!type.equals(GgufAdapterKeys.ADAPTER)) {
      throw new AdapterException(
          "%s is no adapter: its %s is %s. Give the adapter's file, and the model by --base."
              .formatted(file.path(), GgufAdapterKeys.GENERAL_TYPE, QuotedText.of(type)));
    }
    String kind = file.metadata().text(GgufAdapterKeys.TYPE).orElse("none");
    if (!kind.equals(GgufAdapterKeys.LORA)) {
      throw new AdapterException(
          "%s is an adapter of the type %s; only \"lora\" can be read from GGUF."
              .formatted(file.path(), QuotedText.of(kind)));
    }
    for (String key : file.metadata().keys()) {
      if (key.startsWith(ADAPTER) && !KNOWN.contains(key)) {
        throw new AdapterException(
            "%s says %s, which cannot be applied here, and without it the adapter would be another one."
                .formatted(file.path(), QuotedText.of(key)));
      }
    }
  }

  /** Alpha of all layers; absent where the scale is 1. */
  OptionalDouble alpha() {
    double alpha = file.metadata().real(GgufAdapterKeys.ALPHA).orElse(0.0);
    if (!Double.isFinite(alpha)) {
      throw new AdapterException(
          file.path()
              + " says "
              + GgufAdapterKeys.ALPHA
              + " "
              + alpha
              + "; it should be a finite number.");
    }
    return alpha == 0 ? OptionalDouble.empty() : OptionalDouble.of(alpha);
  }

  /**
   * Requires a base whose layers can be found by the names of llama.cpp.
   *
   * @throws AdapterException if it is none, or of another architecture
   */
  void requireBase(Optional<Family> base) {
    String said = file.metadata().text(GgufAdapterKeys.ARCHITECTURE).orElse("");
    if (base.isEmpty()) {
      throw new AdapterException(
          "%s names its layers as llama.cpp does, for a model of the architecture %s. Name that model by --base, a folder or a .gguf file: it is needed to know which layers they are."
              .formatted(file.path(), QuotedText.of(said)));
    }
    String title = base.get().title();
    String found = base.get().gguf().architecture();
    if (found.isEmpty()) {
      throw new AdapterException(
          "%s is for a language model of llama.cpp's architecture %s, and %s is none that llama.cpp has names for."
              .formatted(file.path(), QuotedText.of(said), title));
    }
    if (!found.equals(said)) {
      throw new AdapterException(
          "%s is for a model of the architecture %s, but %s is of %s. Name the base that it was made for."
              .formatted(file.path(), QuotedText.of(said), title, QuotedText.of(found)));
    }
  }

  private BlockType block(GgufTensor tensor) {
    return tensor
        .type()
        .block()
        .orElseThrow(
            () ->
                new AdapterException(
                    "%s: tensor %s is of type %s, which is not read here. Convert the adapter again, to F32 or F16."
                        .formatted(file.path(), QuotedText.of(tensor.name()), tensor.type())));
  }

  private static DType dtype(GgufType type) {
    return switch (type) {
      case F16 -> DType.F16;
      case BF16 -> DType.BF16;
      default -> DType.F32;
    };
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The entries that this library wrote from another header. */
  @Override
  public Map<String, String> metadata() {
    Map<String, String> entries = new TreeMap<>();
    for (String key : file.metadata().keys()) {
      if (key.startsWith(GgufAdapterKeys.HEADER)) {
        file.metadata()
            .text(key)
            .ifPresent(text -> entries.put(key.substring(GgufAdapterKeys.HEADER.length()), text));
      }
    }
    return entries;
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }

  @Override
  public HostTensor tensor(String key) {
    GgufTensor tensor = file.tensor(key);
    byte[] bytes = new byte[Math.toIntExact(tensor.length())];
    file.read(tensor, 0, bytes, 0, bytes.length);
    DType dtype = dtype(tensor.type());
    if (tensor.type().elements() == 1) {
      return HostTensor.owning(dtype, tensor.shape(), bytes);
    }
    float[] values = new float[Math.toIntExact(tensor.elements())];
    BlockType block = block(tensor);
    block.dequantize(bytes, 0, bytes.length / block.bytes(), values, 0);
    return HostTensor.of(tensor.shape(), values);
  }

  @Override
  public void close() {
    // The file is mapped, which nobody closes.
  }
}
