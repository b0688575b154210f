package dev.lora4j.core.bake;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The files of a base with all weights as numbers of one type. Files of weights get new headers;
 * scales and tables of quantised weights are left out, and configurations and indexes no longer
 * speak of them.
 */
final class ConvertedFiles implements WrittenFiles {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();
  private static final Map<DType, String> NAMES =
      Map.of(DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

  /** Names of parameters that may be vectors. */
  private static final Pattern PARAMETER = Pattern.compile(".*(weight|bias)");

  /** ComfyUI's description of weights that are quantised. */
  private static final String COMFY = "_quantization_metadata";

  /** A tensor that is written. */
  private record Written(String part, TensorInfo info) {}

  private final BaseCheckpoint base;
  private final DType type;
  private final TensorChanges changes;
  private final Map<Path, List<Written>> byFile = new HashMap<>();
  private long bytes;
  private long changed;
  private long converted;

  ConvertedFiles(BaseCheckpoint base, DType type, TensorChanges changes, SourceFiles files) {
    this.base = base;
    this.type = type;
    this.changes = changes;
    base.parts().forEach(this::find);
    bytes += files.beside(byFile.keySet());
  }

  private void find(String part, TensorStore store) {
    store.tensors().keySet().forEach(t -> file(store, t));
    QuantisedTensors numbers = base.numbers(part);
    for (TensorInfo info : numbers.tensors().values()) {
      file(store, info.name()).add(new Written(part, info));
      bytes += written(numbers, info).bytes(info.shape().elements());
      if (changes.any(part, info.name())) {
        changed++;
      } else if (written(numbers, info) != info.dtype() || numbers.encoded(info.name())) {
        converted++;
      }
    }
  }

  private List<Written> file(TensorStore store, String tensor) {
    return byFile.computeIfAbsent(SourceFiles.real(store.fileOf(tensor)), f -> new ArrayList<>());
  }

  /*
   * Vectors that are no parameters are schedules of noise and the like, which programs read in the
   * digits that they have.
   */
  private DType written(QuantisedTensors numbers, TensorInfo info) {
    boolean floating = info.dtype().floating() && info.dtype().bits() >= Byte.SIZE;
    boolean weight = info.shape().rank() > 1 || PARAMETER.matcher(info.name()).matches();
    return (floating && weight) || numbers.encoded(info.name()) ? type : info.dtype();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long changed() {
    return changed;
  }

  @Override
  public long converted() {
    return converted;
  }

  @Override
  public void write(Path from, Path to) throws IOException {
    List<Written> inside = byFile.get(SourceFiles.real(from));
    String name = String.valueOf(from.getFileName());
    if (inside != null) {
      write(from, inside, to);
    } else if (name.endsWith(".safetensors.index.json")) {
      AtomicFile.write(to, GSON.toJson(index(from)) + "\n");
    } else if (name.equals("config.json")) {
      AtomicFile.write(to, config(RegularFile.text(from, RegularFile.TEXT)));
    } else {
      try (FileChannel in = FileChannel.open(from)) {
        AtomicFile.write(to, out -> PatchedFiles.copy(in, 0, in.size(), out));
      }
    }
  }

  private void write(Path from, List<Written> inside, Path to) {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors file = Safetensors.open(from)) {
      Map<String, String> metadata = new HashMap<>(file.metadata());
      metadata.remove(COMFY);
      writer.metadata(metadata);
      for (Written one : inside) {
        add(writer, one);
      }
      writer.write(to);
    }
  }

  private void add(SafetensorsWriter writer, Written one) {
    TensorInfo info = one.info();
    QuantisedTensors numbers = base.numbers(one.part());
    DType stored = written(numbers, info);
    if (changes.any(one.part(), info.name())) {
      writer.add(
          info.name(),
          stored,
          info.shape(),
          () -> Objects.requireNonNull(changes.bytes(one.part(), info.name()).get(info.name())));
    } else if (stored == info.dtype() && !numbers.encoded(info.name())) {
      TensorStore store = Objects.requireNonNull(base.parts().get(one.part()));
      writer.add(info.name(), stored, info.shape(), () -> store.read(info.name()));
    } else {
      writer.add(
          info.name(), stored, info.shape(), new NumberConversion(numbers, info.name(), stored));
    }
  }

  /** The index, without the tensors that are no longer there. */
  private JsonObject index(Path file) throws IOException {
    JsonObject index =
        JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT)).getAsJsonObject();
    JsonObject places = index.getAsJsonObject("weight_map");
    long size = 0;
    for (Map.Entry<String, TensorStore> part : base.parts().entrySet()) {
      if (SourceFiles.real(part.getValue().path()).equals(SourceFiles.real(file))) {
        QuantisedTensors numbers = base.numbers(part.getKey());
        List.copyOf(places.keySet()).stream()
            .filter(name -> !numbers.tensors().containsKey(name))
            .forEach(places::remove);
        for (TensorInfo info : numbers.tensors().values()) {
          size += written(numbers, info).bytes(info.shape().elements());
        }
        if (index.get("metadata") instanceof JsonObject metadata) {
          metadata.addProperty("total_size", size);
        }
      }
    }
    return index;
  }

  private String config(String text) {
    if (!(JsonParser.parseString(text) instanceof JsonObject config)) {
      return text;
    }
    JsonObject before = config.deepCopy();
    config.remove("quantization_config");
    for (String key : List.of("dtype", "torch_dtype")) {
      if (config.has(key)) {
        config.addProperty(key, NAMES.getOrDefault(type, "float32"));
      }
    }
    return config.equals(before) ? text : GSON.toJson(config) + "\n";
  }
}
