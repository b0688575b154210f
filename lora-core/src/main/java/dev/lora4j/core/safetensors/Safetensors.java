package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.HeaderReader.Header;
import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One opened safetensors file.
 *
 * <p>Opening reads and checks the header only, by every rule of the format; the heap used grows
 * with the number of tensors, never with the file. Closing ends reads; buffers and mappings stay
 * valid.
 */
public final class Safetensors implements TensorStore {
  private final Path path;
  private final SharedChannel channel;
  private final Header header;
  private final List<String> warnings;

  private Safetensors(Path path, SharedChannel channel, Header header, List<String> warnings) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.warnings = warnings;
  }

  /**
   * Opens a file and refuses any that breaks a rule.
   *
   * @throws SafetensorsException if the file breaks a rule of the format or cannot be read
   */
  public static Safetensors open(Path file) {
    return open(file, Set.of());
  }

  /** Opens a file whose harmless malformations become {@link #warnings}. */
  public static Safetensors openLenient(Path file) {
    return open(file, EnumSet.allOf(Leniency.class));
  }

  /**
   * Opens a file; the malformations in {@code tolerated} become {@link #warnings}.
   *
   * @throws SafetensorsException if the file breaks any other rule of the format or cannot be read
   */
  public static Safetensors open(Path file, Set<Leniency> tolerated) {
    Inspection inspection = new Inspection(file, tolerated);
    SharedChannel channel;
    try {
      channel = new SharedChannel(file);
    } catch (IOException e) {
      throw Inspection.io(file, "cannot be opened", e);
    }
    try {
      Header header = new HeaderReader(inspection, channel).read();
      return new Safetensors(file, channel, header, inspection.warnings());
    } catch (RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return header.tensors();
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public Path fileOf(String name) {
    info(name);
    return path;
  }

  @Override
  public long absoluteOffset(String name) {
    return header.dataStart() + info(name).begin();
  }

  /** Offset of the tensors' bytes from the start of the file. */
  public long dataStart() {
    return header.dataStart();
  }

  @Override
  public byte[] bytes(String name) {
    byte[] bytes = new byte[arrayLength(name)];
    channel.read(absoluteOffset(name), ByteBuffer.wrap(bytes));
    return bytes;
  }

  @Override
  public ByteBuffer read(String name) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(arrayLength(name)).order(ByteOrder.LITTLE_ENDIAN);
    channel.read(absoluteOffset(name), buffer);
    return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void read(String name, long offset, ByteBuffer into) {
    checkRange(name, offset, into.remaining());
    channel.read(absoluteOffset(name) + offset, into);
  }

  @Override
  public MappedByteBuffer map(String name, long offset, long length) {
    checkRange(name, offset, length);
    if (length > Integer.MAX_VALUE) {
      throw tooLarge(name, length);
    }
    return channel.map(absoluteOffset(name) + offset, length);
  }

  @Override
  public void close() {
    channel.close();
  }

  private TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new SafetensorsException(
          Kind.NO_SUCH_TENSOR,
          "%s has no tensor %s among its %s."
              .formatted(path, QuotedText.of(name), header.tensors().size()));
    }
    return info;
  }

  private int arrayLength(String name) {
    long length = info(name).length();
    // The largest array that every virtual machine can make is a little below 2 GiB.
    if (length > Integer.MAX_VALUE - 8) {
      throw tooLarge(name, length);
    }
    return (int) length;
  }

  private void checkRange(String name, long offset, long length) {
    long whole = info(name).length();
    if (offset < 0 || length < 0 || offset > whole - length) {
      throw new SafetensorsException(
          Kind.OUT_OF_RANGE,
          "%s: %s bytes from %s on were asked for of tensor %s, which has %s."
              .formatted(path, length, offset, QuotedText.of(name), whole));
    }
  }

  private SafetensorsException tooLarge(String name, long length) {
    return new SafetensorsException(
        Kind.TENSOR_TOO_LARGE,
        "%s: tensor %s has %s bytes, more than one Java buffer holds. Read or map it in parts."
            .formatted(path, QuotedText.of(name), length));
  }
}
