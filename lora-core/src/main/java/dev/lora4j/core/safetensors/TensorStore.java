package dev.lora4j.core.safetensors;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Named tensors in one file or in several, as a checkpoint has them.
 *
 * <p>Tensors stay on disk until they are read. All methods may be called by several threads at once
 * and finish their read if the thread is interrupted. The opener closes it.
 */
public sealed interface TensorStore extends AutoCloseable permits Safetensors, ShardedSafetensors {
  /**
   * Opens a {@code .safetensors} file, or the shards of a {@code .safetensors.index.json}.
   *
   * @throws SafetensorsException if a file breaks a rule of the format
   */
  static TensorStore open(Path file) {
    return file.toString().endsWith(".json")
        ? ShardedSafetensors.open(file)
        : Safetensors.open(file);
  }

  /** The file that was opened. */
  Path path();

  /** All tensors by name, in the order of their bytes and files; unmodifiable. */
  Map<String, TensorInfo> tensors();

  /** The strings in the headers of files; unmodifiable. */
  Map<String, String> metadata();

  /** Malformations that were tolerated, as sentences for the user. */
  List<String> warnings();

  /** The file that holds this tensor. */
  Path fileOf(String name);

  /** The tensor's position in {@link #fileOf}, counted from the start of that file. */
  long absoluteOffset(String name);

  /**
   * The tensor's bytes, copied.
   *
   * @throws SafetensorsException if the tensor has 2 GiB or more
   */
  byte[] bytes(String name);

  /**
   * The tensor's bytes, copied to a direct little-endian buffer.
   *
   * @throws SafetensorsException if the tensor has 2 GiB or more
   */
  ByteBuffer read(String name);

  /**
   * Fills the rest of {@code into} with the tensor's bytes from {@code offset} on.
   *
   * @throws SafetensorsException if the tensor ends before the buffer is full
   */
  void read(String name, long offset, ByteBuffer into);

  /**
   * Maps bytes of the tensor, read-only and little-endian. Costs no heap; the mapping outlives the
   * store. If the file is shortened meanwhile, access fails with an {@link InternalError}, so map
   * only files that nobody writes in place.
   *
   * @throws SafetensorsException if the range is outside the tensor or has 2 GiB or more
   */
  MappedByteBuffer map(String name, long offset, long length);

  @Override
  void close();
}
