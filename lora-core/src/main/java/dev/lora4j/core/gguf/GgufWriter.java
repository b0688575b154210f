package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.QuotedText;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writer of GGUF files of version 3, with tensors of F32, F16 and BF16. The same entries and
 * tensors in the same order give the same bytes. It may be used by one thread at a time.
 */
public final class GgufWriter {
  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;

  private final Map<String, GgufValue> entries = new LinkedHashMap<>();
  private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

  /**
   * Sets an entry of the metadata: a text, a number or a yes or no. Numbers with a fraction are
   * stored as F32.
   *
   * @throws GgufException if no reader could read it
   */
  public GgufWriter entry(String key, GgufValue value) {
    requireName("A key of the metadata", key);
    if (value instanceof GgufValue.Values) {
      throw new GgufException(Kind.WRONG_VALUE, QuotedText.of(key) + " is an array.");
    }
    entries.put(key, value);
    return this;
  }

  /**
   * Adds a tensor.
   *
   * @throws GgufException if the name is taken or no name, or its type is none of F32, F16, BF16
   */
  public GgufWriter tensor(String name, HostTensor tensor) {
    requireName("The name of a tensor", name);
    type(name, tensor);
    if (tensor.shape().rank() > GgufLimits.DIMENSIONS) {
      throw new GgufException(
          Kind.TOO_MANY_DIMENSIONS,
          "Tensor %s is %s; a file has %d dimensions at most."
              .formatted(QuotedText.of(name), tensor, GgufLimits.DIMENSIONS));
    }
    if (tensors.put(name, tensor) != null) {
      throw new GgufException(Kind.DUPLICATE_TENSOR, QuotedText.of(name) + " was added twice.");
    }
    return this;
  }

  private static void requireName(String what, String name) {
    boolean fits = StandardCharsets.UTF_8.newEncoder().canEncode(name);
    if (name.isEmpty() || name.indexOf('\0') >= 0 || !fits) {
      throw new GgufException(Kind.BAD_NAME, what + " is no name: " + QuotedText.of(name) + ".");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > GgufLimits.NAME) {
      throw new GgufException(Kind.NAME_TOO_LONG, what + " is too long: " + QuotedText.of(name));
    }
  }

  private static GgufType type(String name, HostTensor tensor) {
    Optional<GgufType> type =
        switch (tensor.dtype()) {
          case F32 -> Optional.of(GgufType.F32);
          case F16 -> Optional.of(GgufType.F16);
          case BF16 -> Optional.of(GgufType.BF16);
          default -> Optional.empty();
        };
    return type.orElseThrow(
        () ->
            new GgufException(
                Kind.UNREADABLE_TYPE,
                "Tensor %s is %s; F32, F16 and BF16 can be written."
                    .formatted(QuotedText.of(name), tensor)));
  }

  /**
   * Writes the file. If that fails or the process is killed, what was at {@code file} stays as it
   * was.
   *
   * @throws GgufException if writing fails
   */
  public void write(Path file) {
    byte[] header = header();
    try {
      AtomicFile.write(
          file,
          out -> {
            put(out, header);
            for (HostTensor tensor : tensors.values()) {
              ByteBuffer bytes = tensor.bytes();
              int length = bytes.remaining();
              while (bytes.hasRemaining()) {
                out.write(bytes);
              }
              put(out, new byte[padding(length)]);
            }
          });
    } catch (IOException e) {
      throw new GgufException(Kind.IO, file + " cannot be written: " + e.getMessage() + ".", e);
    }
  }

  private static void put(WritableByteChannel out, byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  private byte[] header() {
    GgufEncoder header = new GgufEncoder();
    header.head(VERSION, tensors.size(), entries.size());
    entries.forEach(header::entry);
    long offset = 0;
    for (Map.Entry<String, HostTensor> tensor : tensors.entrySet()) {
      Shape shape = tensor.getValue().shape();
      GgufType type = type(tensor.getKey(), tensor.getValue());
      header.tensor(tensor.getKey(), type, shape, offset);
      long length = shape.elements() * type.bytes();
      offset += length + padding(length);
    }
    return header.padded(ALIGNMENT);
  }

  private static int padding(long length) {
    return (int) ((ALIGNMENT - length % ALIGNMENT) % ALIGNMENT);
  }
}
