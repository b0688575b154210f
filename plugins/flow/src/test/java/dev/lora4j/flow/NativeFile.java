package dev.lora4j.flow;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tiny transformers in the layouts of first publication: {@code native.py} checked with diffusers'
 * converters which weights their tensors are.
 */
final class NativeFile {
  private static final String SWAPPED = "swapped ";

  private NativeFile() {}

  /**
   * Writes the transformer of a pipeline.
   *
   * @param prefix put before the names
   * @param kept which of its tensors are written, by their names without the prefix
   */
  static Path write(TinyPipeline pipeline, Path file, String prefix, Predicate<String> kept)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, pipeline, prefix, kept);
    writer.write(file);
    return file;
  }

  /** Adds the transformer of a pipeline. */
  static void add(
      SafetensorsWriter writer, TinyPipeline pipeline, String prefix, Predicate<String> kept)
      throws IOException {
    Path source = pipeline.source();
    Path weights = source.resolve("transformer/diffusion_pytorch_model.safetensors");
    Path table = source.resolveSibling(source.getFileName() + "-native.tsv");
    try (TensorStore store = TensorStore.open(weights)) {
      for (String line : Files.readAllLines(table)) {
        List<String> names = List.of(line.split("\t", -1));
        if (kept.test(names.get(0))) {
          add(writer, store, prefix + names.get(0), names.subList(1, names.size()));
        }
      }
    }
  }

  private static void add(
      SafetensorsWriter writer, TensorStore store, String name, List<String> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rows = 0;
    TensorInfo last = info(store, parts.get(0));
    for (String part : parts) {
      last = info(store, part);
      byte[] own = bytes(store, last);
      int half = part.startsWith(SWAPPED) ? own.length / 2 : 0;
      bytes.write(own, half, own.length - half);
      bytes.write(own, 0, half);
      rows += last.shape().size(0);
    }
    Shape shape = last.shape().with(0, rows);
    writer.add(name, last.dtype(), shape, bytes.toByteArray());
  }

  private static byte[] bytes(TensorStore store, TensorInfo info) {
    ByteBuffer all = store.read(info.name());
    byte[] bytes = new byte[all.remaining()];
    all.get(bytes);
    return Arrays.copyOf(bytes, bytes.length);
  }

  private static TensorInfo info(TensorStore store, String part) {
    String name = part.startsWith(SWAPPED) ? part.substring(SWAPPED.length()) : part;
    return Optional.ofNullable(store.tensors().get(name))
        .orElseThrow(() -> new IllegalArgumentException("there is no " + name));
  }
}
