package dev.lora4j.core.model.packed;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.StagedFolder;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes a packed model as a plain folder of transformers: the same files with numbers in place of
 * packed weights. Weights are unpacked one after the other as they are written, so that memory
 * holds the codes of one.
 */
public final class ModelConversion {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();
  private static final String INDEX = "model.safetensors.index.json";

  /** Endings of files that are not copied: weights, and descriptions of how they are packed. */
  private static final List<String> LEFT =
      List.of(".safetensors", ".safetensors.index.json", ".bin", ".pt", ".pth", ".ckpt", ".gguf");

  private static final List<String> PACKING =
      List.of("config.json", "quantize_config.json", "quant_config.json");

  private final PackedModel model;
  private final DType type;
  private final Listener listener;
  private int done;

  /** Follows the conversion. */
  @FunctionalInterface
  public interface Listener {
    /** Called after each of the {@link PackedModel#written} tensors. */
    void written(int done, String name);
  }

  private ModelConversion(PackedModel model, DType type, Listener listener) {
    this.model = model;
    this.type = type;
    this.listener = listener;
  }

  /**
   * Writes a model.
   *
   * @param type F32, F16 or BF16: of all floating-point tensors, each number rounded once
   * @param output a folder that is not there yet, or empty; made whole or not at all
   * @throws ModelException if a weight is damaged or a number too large for the type, there is no
   *     room, or writing fails; then nothing is left behind
   */
  public static void write(PackedModel model, DType type, Path output, Listener listener) {
    new ModelConversion(model, type, listener).write(output);
  }

  private void write(Path output) {
    Map<String, Map<String, Shape>> files = files();
    try (StagedFolder staged = staged(output, bytes(files))) {
      for (Map.Entry<String, Map<String, Shape>> file : files.entrySet()) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
        file.getValue().forEach((name, shape) -> add(writer, name, shape));
        writer.write(staged.path().resolve(file.getKey()));
      }
      if (files.size() > 1) {
        AtomicFile.write(staged.path().resolve(INDEX), index(files));
      }
      AtomicFile.write(staged.path().resolve("config.json"), config());
      copyOthers(staged.path());
      staged.commit();
    } catch (IOException e) {
      throw new ModelException(
          output + " cannot be written: " + e.getMessage() + ". Nothing was left behind.", e);
    }
  }

  private static StagedFolder staged(Path output, long bytes) throws IOException {
    Path parent = output.toAbsolutePath().normalize().getParent();
    if (parent == null || StagedFolder.taken(output)) {
      throw new ModelException(
          output + " is there already and not empty. Name another folder, or remove it first.");
    }
    Files.createDirectories(parent);
    StagedFolder staged = StagedFolder.beside(output);
    Optional<String> shortage = staged.shortage(bytes);
    if (shortage.isPresent()) {
      staged.close();
      throw new ModelException(shortage.get());
    }
    return staged;
  }

  /** Tensors by file, in the files that have them or their codes. */
  private Map<String, Map<String, Shape>> files() {
    Map<String, Map<String, Shape>> files = new TreeMap<>();
    for (TensorInfo info : model.store().tensors().values()) {
      String name = info.name();
      String file = model.store().fileOf(name).getFileName().toString();
      Map<String, Shape> inside = files.computeIfAbsent(file, f -> new TreeMap<>());
      if (!model.left().contains(name)) {
        inside.put(name, info.shape());
      } else if (name.endsWith(PackedLayer.CODES)) {
        String layer = name.substring(0, name.length() - PackedLayer.CODES.length());
        inside.put(layer + ".weight", layer(layer).shape());
      }
    }
    files.values().removeIf(Map::isEmpty);
    if (files.size() == 1) {
      return Map.of("model.safetensors", files.values().iterator().next());
    }
    return files;
  }

  private PackedLayer layer(String name) {
    PackedLayer layer = model.layers().get(name);
    if (layer == null) {
      throw new IllegalArgumentException(name);
    }
    return layer;
  }

  private long bytes(Map<String, Map<String, Shape>> files) {
    return files.values().stream()
        .flatMap(f -> f.values().stream())
        .mapToLong(shape -> type.bytes(shape.elements()))
        .sum();
  }

  private void add(SafetensorsWriter writer, String name, Shape shape) {
    TensorInfo stored = model.store().tensors().get(name);
    DType written = stored == null || stored.dtype().floating() ? type : stored.dtype();
    writer.add(
        name,
        written,
        shape,
        (WritableByteChannel out) -> {
          TensorStream stream = new TensorStream(model.store(), name, written, out);
          if (stored == null) {
            stream.unpacked(layer(name.substring(0, name.length() - ".weight".length())));
          } else {
            stream.stored(stored);
          }
          done++;
          listener.written(done, name);
        });
  }

  private String index(Map<String, Map<String, Shape>> files) {
    JsonObject places = new JsonObject();
    Map<String, String> sorted = new TreeMap<>();
    files.forEach((file, inside) -> inside.keySet().forEach(name -> sorted.put(name, file)));
    sorted.forEach(places::addProperty);
    JsonObject metadata = new JsonObject();
    metadata.addProperty("total_size", bytes(files));
    JsonObject index = new JsonObject();
    index.add("metadata", metadata);
    index.add("weight_map", places);
    return GSON.toJson(index) + "\n";
  }

  private String config() {
    JsonObject config = JsonParser.parseString(model.config().json()).getAsJsonObject();
    config.remove(PackedScheme.SECTION);
    String name =
        switch (type) {
          case F32 -> "float32";
          case BF16 -> "bfloat16";
          default -> "float16";
        };
    config.addProperty(config.has("torch_dtype") ? "torch_dtype" : "dtype", name);
    return GSON.toJson(config) + "\n";
  }

  private void copyOthers(Path target) throws IOException {
    try (Stream<Path> inside = Files.list(model.folder())) {
      for (Path file : inside.sorted().toList()) {
        String name = file.getFileName().toString();
        boolean weights = LEFT.stream().anyMatch(name::endsWith);
        if (Files.isRegularFile(file)
            && !weights
            && !PACKING.contains(name)
            && !name.startsWith(".")) {
          Files.copy(file, target.resolve(name));
        }
      }
    }
  }
}
