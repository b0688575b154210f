package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.gguf.GgufHeaderReader.Header;
import dev.lora4j.core.safetensors.QuotedText;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * One GGUF file. Opening reads and checks the header only, by every rule of the format; the tensors
 * are mapped. Any number of threads may use it. It holds no file open, and is released with its
 * last reference.
 */
public final class GgufFile {
  private final Path path;
  private final GgufBytes bytes;
  private final Header header;

  private GgufFile(Path path, GgufBytes bytes, Header header) {
    this.path = path;
    this.bytes = bytes;
    this.header = header;
  }

  /**
   * Opens a file.
   *
   * @throws GgufException if it breaks a rule of the format or cannot be read
   */
  public static GgufFile open(Path file) {
    GgufBytes bytes = new MappedBytes(file);
    return new GgufFile(file, bytes, GgufHeaderReader.read(file, bytes));
  }

  /** Returns true if a path is named as GGUF files are. */
  public static boolean named(Path path) {
    return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  /** Path of the file. */
  public Path path() {
    return path;
  }

  /** Version of the format, 2 or 3. */
  public int version() {
    return header.version();
  }

  /** The metadata. */
  public GgufMetadata metadata() {
    return header.metadata();
  }

  /** The tensors by name, in the order of the file; unmodifiable. */
  public Map<String, GgufTensor> tensors() {
    return header.tensors();
  }

  /** Position in the file at which the tensors begin. */
  public long dataStart() {
    return header.dataStart();
  }

  /**
   * The tensor with a name.
   *
   * @throws GgufException if there is none
   */
  public GgufTensor tensor(String name) {
    GgufTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new GgufException(
          Kind.NO_SUCH_TENSOR,
          "%s has no tensor %s among its %s."
              .formatted(path, QuotedText.of(name), header.tensors().size()));
    }
    return tensor;
  }

  /**
   * Copies bytes of a tensor.
   *
   * @param offset of the first, within the tensor
   * @param at where they go in {@code into}
   * @throws GgufException if the tensor does not have them
   */
  public void read(GgufTensor tensor, long offset, byte[] into, int at, int count) {
    if (offset < 0 || count < 0 || offset > tensor.length() - count) {
      throw new GgufException(
          Kind.OUT_OF_RANGE,
          "%s: %s bytes from %s on were asked for of tensor %s, which has %s."
              .formatted(path, count, offset, QuotedText.of(tensor.name()), tensor.length()));
    }
    bytes.read(dataStart() + tensor.begin() + offset, into, at, count);
  }
}
