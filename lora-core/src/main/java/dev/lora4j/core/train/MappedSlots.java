package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tensors of an optimizer's slots that are views of one mapped file. */
final class MappedSlots {
  private static final String NAME = "optimizer-state-";
  private static final String ENDING = ".mapped";

  /** Slots begin at multiples of this, as operators on vectors like it. */
  private static final int ALIGNMENT = 64;

  /** Bytes that are written at once. */
  private static final int PIECE = 1 << 20;

  private MappedSlots() {}

  /** Tensors with first values, in a new file. */
  static Map<String, Tensor> of(Scope scope, Path folder, Map<String, FirstValues> slots) {
    Map<String, Long> places = new LinkedHashMap<>();
    long size = 0;
    for (Map.Entry<String, FirstValues> slot : slots.entrySet()) {
      places.put(slot.getKey(), size);
      size = aligned(size + slot.getValue().bytes());
    }
    Path file = written(folder, slots, Math.max(size, ALIGNMENT));
    // Closed after the tensors, as the last that was made is closed first.
    AutoCloseable deletion = () -> Files.deleteIfExists(file);
    scope.own(deletion);
    Map<DType, Tensor> files = new EnumMap<>(DType.class);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          Tensor whole =
              files.computeIfAbsent(slot.type(), type -> Tensor.mapShared(scope, file, type));
          long from = places.getOrDefault(name, 0L) * Byte.SIZE / slot.type().bits();
          tensors.put(name, whole.view(scope, from, slot.shape()));
        });
    forget(file);
    return tensors;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Takes a mapped file's name away. Where a mapped file keeps it, it goes with the scope. */
  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It is in use, and is deleted at the end.
    }
  }

  /** A file of that size whose bytes are all written: none needs room on the disk later. */
  private static Path written(Path folder, Map<String, FirstValues> slots, long size) {
    try {
      Files.createDirectories(folder);
      removeAbandoned(folder);
      requireRoom(folder, size);
      Path file = Files.createTempFile(folder, NAME, ENDING);
      try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (FirstValues slot : slots.values()) {
          write(out, slot);
        }
        zeros(out, size - out.position());
        return file;
      } catch (IOException | RuntimeException | Error e) {
        forget(file);
        throw e;
      }
    } catch (IOException e) {
      throw new TensorException(
          "The optimizer's state takes "
              + megabytes(size)
              + " in "
              + folder
              + ", where state = \"mapped\" puts it, and they cannot be written: "
              + e.getMessage()
              + ". Make room, or take state = \"memory\".",
          e);
    }
  }

  private static void requireRoom(Path folder, long size) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < size) {
      throw new IOException(megabytes(free) + " are free");
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  private static void write(FileChannel out, FirstValues slot) throws IOException {
    long end = aligned(out.position() + slot.bytes());
    ByteBuffer bytes = slot.typed().map(HostTensor::bytes).orElseGet(() -> ByteBuffer.allocate(0));
    while (bytes.hasRemaining()) {
      // A channel copies what it is given into memory outside of the heap, which stays.
      ByteBuffer piece = bytes.slice(bytes.position(), Math.min(PIECE, bytes.remaining()));
      bytes.position(bytes.position() + out.write(piece));
    }
    zeros(out, end - out.position());
  }

  private static void zeros(FileChannel out, long count) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(0, count)));
    long left = count;
    while (left > 0) {
      piece.clear().limit((int) Math.min(piece.capacity(), left));
      left -= out.write(piece);
    }
  }

  /** Deletes files that are left where a mapped file keeps its name and a process was killed. */
  private static void removeAbandoned(Path folder) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, NAME + "*" + ENDING)) {
      left.forEach(MappedSlots::forget);
    }
  }
}
