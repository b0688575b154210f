package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Files of adapters for tests of stores. */
final class StoredFiles {
  static final int LAYERS = 20;
  static final int TENSOR = 4 * 64 * 16;

  private StoredFiles() {}

  /** An adapter whose {@code down} tensors depend on one seed and {@code up} tensors on another. */
  static Path adapter(Path file, long down, long up) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.metadata(Map.of("ss_output_name", String.valueOf(file.getFileName())));
    Random a = new Random(down);
    Random b = new Random(up);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "lora_unet_block_" + i;
      writer.add(layer + ".alpha", DType.F32, Shape.of(), ByteBuffer.allocate(4).putInt(0, i));
      writer.add(layer + ".lora_down.weight", DType.F32, Shape.of(16, 64), bytes(a));
      writer.add(layer + ".lora_up.weight", DType.F32, Shape.of(64, 16), bytes(b));
    }
    writer.write(file);
    return file;
  }

  private static ByteBuffer bytes(Random random) {
    byte[] bytes = new byte[TENSOR];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** Bytes of all files below a folder. */
  static long size(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      long size = 0;
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
      return size;
    }
  }

  static List<Path> packs(Path store) throws IOException {
    try (Stream<Path> inside = Files.list(store.resolve("packs"))) {
      return inside.sorted().toList();
    }
  }

  /** Changes a byte of a file. */
  static void damage(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 0x10;
    Files.write(file, bytes);
  }
}
