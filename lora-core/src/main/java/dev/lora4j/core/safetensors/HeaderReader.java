package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;

/** Finds the header of a file, reads it, and applies every rule of the format. */
final class HeaderReader {
  /**
   * A header that was checked.
   *
   * @param tensors in the order of their bytes, unmodifiable
   * @param metadata in the order of the file, unmodifiable
   * @param dataStart position in the file at which the byte buffer begins
   */
  record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {}

  private final Inspection inspection;
  private final Bytes file;
  private final long fileSize;

  HeaderReader(Inspection inspection, Bytes file) {
    this.inspection = inspection;
    this.file = file;
    this.fileSize = file.size();
  }

  /** The checked header. */
  Header read() {
    long length = headerLength();
    checkStart(length);
    HeaderJson.Content content = content(length);
    long dataStart = Limits.PREFIX + length;
    Map<String, TensorInfo> tensors =
        DataLayout.check(inspection, content.tensors(), fileSize - dataStart);
    return new Header(tensors, Collections.unmodifiableMap(content.metadata()), dataStart);
  }

  private long headerLength() {
    if (fileSize < Limits.PREFIX) {
      throw foreign(
          Kind.FILE_TOO_SHORT,
          fileSize == 0
              ? "is empty. Download it again."
              : "has only %s bytes. Download it again.".formatted(fileSize));
    }
    long length = head(Limits.PREFIX).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // The length is unsigned: what looks negative is beyond 2^63.
    if (length < 0 || length > Limits.HEADER) {
      throw foreign(
          Kind.HEADER_TOO_LARGE,
          "is no safetensors file, or damaged: it announces a header of %s bytes, and %s are allowed."
              .formatted(Long.toUnsignedString(length), Limits.HEADER));
    }
    if (length > fileSize - Limits.PREFIX) {
      throw foreign(
          Kind.HEADER_PAST_END,
          "ends inside its header: %s bytes are announced, %s are there. Download it again."
              .formatted(length, fileSize - Limits.PREFIX));
    }
    return length;
  }

  private void checkStart(long length) {
    ByteBuffer head = head(Limits.PREFIX + (int) Math.min(length, FileSignature.LENGTH));
    head.position(Limits.PREFIX);
    boolean space = false;
    while (head.hasRemaining()) {
      byte b = head.get();
      if (b == '{') {
        break;
      }
      space = b == ' ' || b == '\n' || b == '\r' || b == '\t';
      if (!space) {
        throw foreign(
            Kind.HEADER_NOT_JSON,
            "is no safetensors file, or damaged: its header does not begin with {.");
      }
    }
    if (length == 0) {
      // A download that reserved its space and never filled it is nothing but zeros.
      throw inspection.fault(
          Kind.HEADER_NOT_JSON, "has an empty header; its download was probably never finished.");
    }
    if (space) {
      inspection.report(
          Leniency.LEADING_WHITESPACE,
          () -> "is damaged: its header begins with white space instead of {.");
    }
  }

  private HeaderJson.Content content(long length) {
    try (InputStream bytes = file.stream(Limits.PREFIX, length)) {
      return HeaderJson.read(inspection, bytes);
    } catch (IOException e) {
      // The stream itself throws none, and the parser's are errors of ours already.
      throw new UncheckedIOException(e);
    }
  }

  /** An error for a file that may be of another format altogether, and is then named as that. */
  private SafetensorsException foreign(Kind kind, String message) {
    byte[] head = new byte[(int) Math.min(fileSize, FileSignature.LENGTH)];
    file.read(0, ByteBuffer.wrap(head));
    return FileSignature.of(head)
        .map(f -> inspection.fault(f.kind(), f.message()))
        .orElseGet(() -> inspection.fault(kind, message));
  }

  private ByteBuffer head(int count) {
    ByteBuffer head = ByteBuffer.allocate(count);
    file.read(0, head);
    return head.flip();
  }
}
