package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, in whatever order
 * they were added, and the bytes that the reference writer gives: widest types first, then by name,
 * with the header padded so that every tensor is aligned.
 *
 * <p>The reference keeps several metadata entries in random order; here they are sorted. Empty
 * metadata is left out. A writer may be used by one thread at a time, and may write several times.
 */
public final class SafetensorsWriter {
  private static final String HALF = "half a surrogate pair";

  private final Map<String, TensorInfo> tensors = new HashMap<>();
  private final Map<String, ByteSource> sources = new HashMap<>();
  private Map<String, String> metadata = Map.of();

  /**
   * Sets the metadata, instead of the entries set before.
   *
   * @throws SafetensorsException if no reader could read them
   */
  public SafetensorsWriter metadata(Map<String, String> entries) {
    Map<String, String> sorted = new TreeMap<>(TensorNames.ORDER);
    sorted.putAll(entries);
    // A NUL is allowed in a value, where it fools nobody; what UTF-8 cannot hold is not.
    sorted.forEach(
        (key, value) -> {
          requireName(key);
          require(
              TensorNames.encodable(value), Kind.BAD_TEXT, key, "has " + HALF + " in its value");
        });
    require(
        sorted.size() <= Limits.METADATA_ENTRIES,
        Kind.TOO_MUCH_METADATA,
        Limits.METADATA,
        "has more than " + Limits.METADATA_ENTRIES + " entries");
    metadata = sorted;
    return this;
  }

  /**
   * Adds a tensor whose bytes {@code data} writes when the file is written.
   *
   * @throws SafetensorsException if the name is taken or no reader could read the tensor
   */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, ByteSource data) {
    requireName(name);
    require(!name.equals(Limits.METADATA), Kind.BAD_NAME, name, "is a name that the format keeps");
    require(
        shape.rank() <= Limits.DIMENSIONS,
        Kind.TOO_MANY_DIMENSIONS,
        name,
        "has more than " + Limits.DIMENSIONS + " dimensions");
    require(
        LongStream.of(shape.sizes()).allMatch(size -> size >= 0 && size <= Limits.SIZE),
        Kind.BAD_SIZE,
        name,
        "has the shape " + shape + ", and sizes go from 0 to 2^48 - 1");
    require(
        tensors.size() < Limits.TENSORS,
        Kind.TOO_MANY_TENSORS,
        name,
        "is one more than the " + Limits.TENSORS + " that a file may have");
    require(!tensors.containsKey(name), Kind.DUPLICATE_NAME, name, "was added twice");
    tensors.put(name, new TensorInfo(name, dtype, shape, 0, 0));
    sources.put(name, data);
    return this;
  }

  /** Adds a tensor; {@code data} is called when the file is written, and its result is not kept. */
  public SafetensorsWriter add(String name, DType dtype, Shape shape, Supplier<ByteBuffer> data) {
    return add(name, dtype, shape, (WritableByteChannel out) -> out.write(data.get().duplicate()));
  }

  /** Adds a tensor with the remaining bytes of {@code data}, which must not change. */
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
    HeaderPlan plan = HeaderPlan.of(file, metadata, List.copyOf(tensors.values()));
    try {
      AtomicFile.write(file, out -> write(file, plan, out));
    } catch (IOException e) {
      throw Inspection.io(file, "cannot be written", e);
    }
  }

  /**
   * Writes the bytes of the file to {@code out}, which the caller closes: the header first, in one
   * piece with the length before it.
   *
   * @throws SafetensorsException if a tensor's source gives too many or too few bytes
   * @throws IOException if {@code out} or a source fails
   */
  public void writeTo(WritableByteChannel out) throws IOException {
    Path nameless = Path.of("The file");
    write(nameless, HeaderPlan.of(nameless, metadata, List.copyOf(tensors.values())), out);
  }

  private void write(Path file, HeaderPlan plan, WritableByteChannel out) throws IOException {
    out.write(plan.start());
    for (TensorInfo tensor : plan.tensors()) {
      TensorOutput output = new TensorOutput(file, tensor, out);
      Objects.requireNonNull(sources.get(tensor.name())).writeTo(output);
      output.finish();
    }
  }

  private static void requireName(String name) {
    require(TensorNames.encodable(name), Kind.BAD_TEXT, name, "has " + HALF + " in its name");
    require(TensorNames.unbroken(name), Kind.BAD_NAME, name, "has a NUL in its name");
  }

  private static void require(boolean condition, Kind kind, String name, String fault) {
    if (!condition) {
      throw new SafetensorsException(
          kind, "Cannot write: %s %s.".formatted(QuotedText.of(name), fault));
    }
  }
}
