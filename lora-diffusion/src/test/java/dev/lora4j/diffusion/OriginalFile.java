package dev.lora4j.diffusion;

import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.gguf.GgufWriter;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights of a folder, laid out as a single-file checkpoint, by a list whose layout diffusers'
 * own converters turn back into the folder (golden/original_layout.py).
 */
public final class OriginalFile {
  private static final Path LISTS = Path.of("src/test/resources/original-layout");

  private final Map<String, HostTensor> tensors = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** A file without tensors. */
  public static OriginalFile empty() {
    return new OriginalFile();
  }

  /** Lays out {@code folder} as {@code kind} (sd1, sd2, xl) has it, in the types of the folder. */
  public static OriginalFile of(String kind, Path folder) {
    OriginalFile file = new OriginalFile();
    Map<String, Safetensors> parts = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(LISTS.resolve(kind + ".tsv"))) {
        String[] fields = line.split("\t", -1);
        List<HostTensor> sources =
            List.of(fields[2].split(",", -1)).stream().map(n -> read(parts, folder, n)).toList();
        file.put(fields[0], arranged(fields[1], sources));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      parts.values().forEach(Safetensors::close);
    }
  }

  private static HostTensor read(Map<String, Safetensors> parts, Path folder, String name) {
    String model = name.substring(0, name.indexOf(':'));
    Path weights = folder.resolve(model);
    Safetensors part =
        parts.computeIfAbsent(
            model,
            m ->
                Safetensors.open(
                    weights.resolve(
                        m.startsWith("text")
                            ? "model.safetensors"
                            : "diffusion_pytorch_model.safetensors")));
    TensorInfo info = part.tensors().get(name.substring(name.indexOf(':') + 1));
    return HostTensor.of(info.dtype(), info.shape(), part.read(info.name()));
  }

  private static HostTensor arranged(String how, List<HostTensor> sources) {
    HostTensor first = sources.get(0);
    long[] sizes = first.shape().sizes();
    return switch (how) {
      case "same" -> first;
      case "conv" -> first.reshape(Shape.of(sizes[0], sizes[1], 1, 1));
      case "rows" -> {
        long rows = sources.stream().mapToLong(t -> t.shape().size(0)).sum();
        ByteBuffer all = buffer(sources.stream().mapToInt(t -> t.bytes().remaining()).sum());
        sources.forEach(t -> all.put(t.bytes()));
        yield HostTensor.of(first.dtype(), first.shape().with(0, rows), all.flip());
      }
      case "turned" -> {
        int width = (int) first.dtype().bytes(1);
        ByteBuffer from = first.bytes();
        ByteBuffer to = buffer(from.remaining());
        for (int c = 0; c < sizes[1]; c++) {
          for (int r = 0; r < sizes[0]; r++) {
            to.put(from.slice((int) (r * sizes[1] + c) * width, width));
          }
        }
        yield HostTensor.of(first.dtype(), Shape.of(sizes[1], sizes[0]), to.flip());
      }
      default -> throw new IllegalArgumentException(how);
    };
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds a tensor, or puts it in place of one. */
  public OriginalFile put(String key, HostTensor tensor) {
    tensors.put(key, tensor);
    return this;
  }

  /** Adds an F32 tensor of this shape. */
  public OriginalFile put(String key, long... shape) {
    return put(key, HostTensor.of(Shape.of(shape), new float[(int) Shape.of(shape).elements()]));
  }

  public OriginalFile remove(String key) {
    tensors.remove(key);
    return this;
  }

  /** Takes out what begins so. */
  public void removeAll(String prefix) {
    tensors.keySet().removeIf(key -> key.startsWith(prefix));
  }

  public OriginalFile metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Names of all tensors; a copy. */
  public List<String> keys() {
    return List.copyOf(tensors.keySet());
  }

  public HostTensor get(String key) {
    return tensors.get(key);
  }

  /** The name that stable-diffusion.cpp (option convert-name) gives a tensor. */
  public static String cppName(String key) {
    String name =
        key.replaceFirst("^conditioner\\.embedders\\.0\\.", "cond_stage_model.")
            .replaceFirst("^conditioner\\.embedders\\.1\\.", "cond_stage_model.1.");
    String inner = "transformer.text_model.";
    return name.startsWith("cond_stage_model.")
        ? name.replace(".model.transformer.resblocks.", "." + inner + "encoder.layers.")
            .replace(".model.ln_final.", "." + inner + "final_layer_norm.")
            .replace(".model.token_embedding.", "." + inner + "embeddings.token_embedding.")
            .replaceFirst(
                "\\.model\\.positional_embedding$",
                "." + inner + "embeddings.position_embedding.weight")
            .replaceFirst("\\.model\\.text_projection$", "." + inner + "text_projection")
            .replace(".attn.in_proj_", ".self_attn.in_proj.")
            .replace(".attn.out_proj.", ".self_attn.out_proj.")
            .replace(".ln_1.", ".layer_norm1.")
            .replace(".ln_2.", ".layer_norm2.")
            .replace(".mlp.c_fc.", ".mlp.fc1.")
            .replace(".mlp.c_proj.", ".mlp.fc2.")
        : name;
  }

  /** Gives all tensors the names of stable-diffusion.cpp. */
  public OriginalFile cppNames() {
    Map<String, HostTensor> before = new TreeMap<>(tensors);
    tensors.clear();
    before.forEach((key, tensor) -> tensors.put(cppName(key), tensor));
    return this;
  }

  /** Takes fused weights of text encoders apart, as stable-diffusion.cpp did until 2025. */
  public OriginalFile apart() {
    for (String key : keys()) {
      if (key.contains(".in_proj.")) {
        HostTensor fused = get(key);
        int bytes = fused.bytes().remaining() / 3;
        Shape shape = fused.shape().with(0, fused.shape().size(0) / 3);
        for (int i = 0; i < 3; i++) {
          ByteBuffer part = fused.bytes().slice(i * bytes, bytes).order(ByteOrder.LITTLE_ENDIAN);
          put(
              key.replace("in_proj", "qkv".charAt(i) + "_proj"),
              HostTensor.of(fused.dtype(), shape, part));
        }
        remove(key);
      }
    }
    return this;
  }

  /** Writes it as stable-diffusion.cpp does, in GGUF. */
  public Path writeGguf(Path file) {
    GgufWriter writer =
        new GgufWriter().entry("general.architecture", new GgufValue.Text("stable-diffusion"));
    tensors.forEach(writer::tensor);
    writer.write(file);
    return file;
  }

  /** Rounds all numbers to {@code type}. */
  public OriginalFile as(Engine engine, DType type) {
    try (Scope scope = engine.scope("rounding")) {
      tensors.replaceAll(
          (key, t) ->
              HostTensor.of(
                  type,
                  t.shape(),
                  Tensor.of(scope, t.dtype(), t.shape(), t.bytes()).to(scope, type).bytes()));
    }
    return this;
  }

  /** Writes it. */
  public Path write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    tensors.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(file);
    return file;
  }
}
