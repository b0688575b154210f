package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a header from its beginning, and never past the end of the file or of the limit. */
final class GgufCursor {
  private static final int WINDOW = 1 << 16;

  private final GgufFault fault;
  private final GgufBytes file;
  private final long end;

  /** Bytes of the file that were fetched and not yet read. */
  private final byte[] window = new byte[WINDOW];

  private final ByteBuffer rest = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
  private long fetched;

  GgufCursor(GgufFault fault, GgufBytes file) {
    this.fault = fault;
    this.file = file;
    this.end = Math.min(file.size(), GgufLimits.HEADER);
    rest.limit(0);
  }

  /** Bytes that were read. */
  long position() {
    return fetched - rest.remaining();
  }

  /** Bytes that can be read. */
  long left() {
    return end - position();
  }

  byte octet() {
    return next(Byte.BYTES).get();
  }

  short half() {
    return next(Short.BYTES).getShort();
  }

  int word() {
    return next(Integer.BYTES).getInt();
  }

  long doubleWord() {
    return next(Long.BYTES).getLong();
  }

  /**
   * A text, which is stored with its length before it.
   *
   * @param what names it in messages
   */
  String text(String what, long most) {
    long length = doubleWord();
    if (length < 0 || length > left()) {
      throw past(what + " of " + Long.toUnsignedString(length) + " bytes");
    }
    if (length > most) {
      throw fault.of(
          Kind.NAME_TOO_LONG,
          "is damaged: %s has %d bytes, and %d are allowed.".formatted(what, length, most));
    }
    byte[] bytes = new byte[(int) length];
    int done = Math.min(rest.remaining(), bytes.length);
    rest.get(bytes, 0, done);
    if (done < bytes.length) {
      file.read(fetched, bytes, done, bytes.length - done);
      fetched += bytes.length - done;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw fault.of(Kind.BAD_TEXT, "is damaged: " + what + " is not UTF-8.");
    }
  }

  /** Error for something that does not fit into what is left. */
  GgufException past(String what) {
    if (end < file.size()) {
      return fault.of(
          Kind.HEADER_TOO_LARGE,
          "is damaged, or hostile: its header goes on past %s bytes, with %s."
              .formatted(GgufLimits.HEADER, what));
    }
    return fault.of(
        Kind.HEADER_PAST_END,
        "ends inside its header: %s should follow, and %s bytes are there. Download it again."
            .formatted(what, left()));
  }

  private ByteBuffer next(int count) {
    if (rest.remaining() < count) {
      if (left() < count) {
        throw past("a value of " + count + " bytes");
      }
      rest.compact();
      int more = (int) Math.min(rest.remaining(), end - fetched);
      file.read(fetched, window, rest.position(), more);
      fetched += more;
      rest.position(rest.position() + more).flip();
    }
    return rest;
  }
}
