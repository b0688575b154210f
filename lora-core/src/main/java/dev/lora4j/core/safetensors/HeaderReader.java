package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** Finds the header of a file, reads it, and applies every rule of the format. */
final class HeaderReader {
  private final Inspection inspection;
  private final SharedChannel channel;
  private final long fileSize;

  HeaderReader(Inspection inspection, SharedChannel channel) {
    this.inspection = inspection;
    this.channel = channel;
    this.fileSize = channel.size();
  }

  /** The checked header. */
  Header read() {
    long length = headerLength();
    long dataStart = Limits.PREFIX + length;
    checkStart(length);
    HeaderJson.Content content = content(length);
    Map<String, TensorInfo> tensors =
        Layout.check(inspection, content.tensors(), fileSize - dataStart);
    return new Header(tensors, Collections.unmodifiableMap(content.metadata()), dataStart);
  }

  private long headerLength() {
    if (fileSize < Limits.PREFIX) {
      throw foreign(Kind.FILE_TOO_SHORT, "has only " + fileSize + " bytes. Download it again.");
    }
    long length = head(Limits.PREFIX).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // The length is unsigned: what looks negative is beyond 2^63.
    if (length < 0 || length > Limits.HEADER) {
      throw foreign(
          Kind.HEADER_TOO_LARGE,
          "claims a header of "
              + Long.toUnsignedString(length)
              + " bytes; at most "
              + Limits.HEADER
              + " are allowed, so this is no safetensors file.");
    }
    if (length > fileSize - Limits.PREFIX) {
      throw foreign(
          Kind.HEADER_PAST_END,
          "ends inside its header: "
              + length
              + " bytes are announced, "
              + (fileSize - Limits.PREFIX)
              + " are there. Download it again.");
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
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        throw foreign(
            Kind.HEADER_NOT_JSON, "has a header that does not begin with {; it is damaged.");
      }
      space = true;
    }
    if (space) {
      inspection.report(
          Tolerance.LEADING_WHITESPACE, "is damaged: its header begins with white space.");
    }
  }

  private HeaderJson.Content content(long length) {
    try (InputStream bytes =
        new BufferedInputStream(new ChannelStream(channel, Limits.PREFIX, length), 1 << 16)) {
      return HeaderJson.read(inspection, bytes);
    } catch (IOException e) {
      throw new SafetensorsException(Kind.IO, "The header cannot be read: " + e.getMessage(), e);
    }
  }

  /** An error for a file that may be of another format altogether, and is then named as that. */
  private SafetensorsException foreign(Kind kind, String message) {
    byte[] head = new byte[(int) Math.min(fileSize, FileSignature.LENGTH)];
    channel.read(0, ByteBuffer.wrap(head));
    Optional<FileSignature.Finding> finding = FileSignature.of(head);
    return finding
        .map(f -> inspection.fault(f.kind(), f.message()))
        .orElseGet(() -> inspection.fault(kind, message));
  }

  private ByteBuffer head(int count) {
    ByteBuffer head = ByteBuffer.allocate(count);
    channel.read(0, head);
    return head.flip();
  }
}
