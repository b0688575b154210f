package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, in whatever order
 * they were added, and the bytes that the reference writer gives: widest types first, then by name,
 * with the header padded so that every tensor is aligned.
 *
 * <p>The reference keeps several metadata entries in random order; here they are sorted. Empty
 * metadata is left out. A writer may be used by one thread at a time, and may write several times.
 */
public final class SafetensorsWriter {
  private final Map<String, Item> items = new LinkedHashMap<>();
  private Map<String, String> metadata = Map.of();

  private record Item(String name, DType dtype, Shape shape, ByteSource data) {}

  /** Sets the strings to be kept beside the tensors, instead of those set before. */
  public SafetensorsWriter metadata(Map<String, String> entries) {
    TreeMap<String, String> sorted = new TreeMap<>(Names.ORDER);
    sorted.putAll(entries);
    sorted.forEach(
        (key, value) -> {
          requireSound(key);
          requireSound(value);
        });
    this.metadata = sorted;
    return this;
  }

  /**
   * Adds a tensor whose bytes {@code data} writes when the file is written.
   *
   * @throws SafetensorsException if the name is taken or no reader could read it
   */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, ByteSource data) {
    requireSound(name);
    if (name.equals(Limits.METADATA)) {
      throw new SafetensorsException(
          Kind.BAD_NAME, "A tensor cannot be named " + name + ": the format keeps that name.");
    }
    if (shape.rank() > Limits.DIMENSIONS || !shape.known()) {
      throw new SafetensorsException(
          Kind.TOO_MANY_DIMENSIONS,
          "Tensor "
              + Quoted.of(name)
              + " of shape "
              + shape
              + " cannot be written: at most "
              + Limits.DIMENSIONS
              + " dimensions, all known, are allowed.");
    }
    if (items.putIfAbsent(name, new Item(name, dtype, shape, data)) != null) {
      throw new SafetensorsException(
          Kind.DUPLICATE_NAME, "Tensor " + Quoted.of(name) + " was added twice.");
    }
    return this;
  }

  /** Adds a tensor; {@code data} is asked for when the file is written, and not kept. */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, Supplier<ByteBuffer> data) {
    return add(name, dtype, shape, (WritableByteChannel out) -> out.write(data.get().duplicate()));
  }

  /** Adds a tensor whose bytes are what remains of {@code data}, which must not change. */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, ByteBuffer data) {
    ByteBuffer fixed = data.slice();
    return add(name, dtype, shape, (WritableByteChannel out) -> out.write(fixed.duplicate()));
  }

  /** Adds a tensor; the array must not change before the file is written. */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, byte[] data) {
    return add(name, dtype, shape, ByteBuffer.wrap(data));
  }

  /**
   * Writes the file. If that fails or the process is killed, what was at {@code file} stays as it
   * was.
   *
   * @throws SafetensorsException if a tensor's source gives too many or too few bytes, or writing
   *     fails
   */
  public void write(Path file) {
    List<Item> sorted = new ArrayList<>(items.values());
    sorted.sort(
        Comparator.comparing(Item::dtype)
            .reversed()
            .thenComparing(Comparator.comparing(Item::name, Names.ORDER)));
    List<TensorInfo> tensors = place(file, sorted);
    byte[] header = HeaderText.of(metadata, tensors);
    if (header.length > Limits.HEADER || tensors.size() > Limits.TENSORS) {
      throw new SafetensorsException(
          header.length > Limits.HEADER ? Kind.HEADER_TOO_LARGE : Kind.TOO_MANY_TENSORS,
          file
              + " would have "
              + tensors.size()
              + " tensors and a header of "
              + header.length
              + " bytes, more than readers accept. Write several files.");
    }
    try {
      AtomicFile.write(file, out -> write(file, header, sorted, tensors, out));
    } catch (IOException e) {
      throw new SafetensorsException(Kind.IO, file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static List<TensorInfo> place(Path file, List<Item> sorted) {
    Inspection inspection = new Inspection(file, Set.of());
    List<TensorInfo> placed = new ArrayList<>(sorted.size());
    long end = 0;
    for (Item item : sorted) {
      TensorInfo unplaced = new TensorInfo(item.name, item.dtype, item.shape, end, end);
      long length = Layout.length(inspection, unplaced);
      placed.add(new TensorInfo(item.name, item.dtype, item.shape, end, end + length));
      end += length;
    }
    return placed;
  }

  private static void write(
      Path file, byte[] header, List<Item> items, List<TensorInfo> tensors, WritableByteChannel out)
      throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(Limits.PREFIX).order(ByteOrder.LITTLE_ENDIAN);
    out.write(prefix.putLong(header.length).flip());
    out.write(ByteBuffer.wrap(header));
    for (int i = 0; i < items.size(); i++) {
      TensorInfo tensor = tensors.get(i);
      CountedOutput counted = new CountedOutput(out);
      items.get(i).data.writeTo(counted);
      if (counted.count() != tensor.length()) {
        throw new SafetensorsException(
            Kind.WRONG_LENGTH,
            file
                + " was not written: tensor "
                + Quoted.of(tensor.name())
                + " of "
                + tensor.dtype()
                + tensor.shape()
                + " needs "
                + tensor.length()
                + " bytes, and its source gave "
                + counted.count()
                + ".");
      }
    }
  }

  private static void requireSound(String text) {
    if (!Names.sound(text)) {
      throw new SafetensorsException(
          Kind.BAD_NAME, Quoted.of(text) + " has a NUL or half a surrogate pair; rename it.");
    }
  }
}
