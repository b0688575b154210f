package dev.lora4j.core.store;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * An object's place in a pack.
 *
 * @param begin the first of its bytes in the pack's file
 * @param held how many bytes it takes there
 * @param length how many bytes the object has
 * @param deflated true if the bytes in the pack are deflated (zlib)
 */
record PackEntry(ObjectId id, long begin, int held, int length, boolean deflated) {
  /** Number of bytes of an entry in an index. */
  static final int BYTES = ObjectId.BYTES + Long.BYTES + 2 * Integer.BYTES + 1;

  static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(content);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 16];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** The object of the bytes in the pack; empty if they are not what was written. */
  Optional<byte[]> content(byte[] bytes) {
    Optional<byte[]> content = deflated ? inflate(bytes) : Optional.of(bytes);
    return content.filter(c -> c.length == length && ObjectId.of(c).equals(id));
  }

  private Optional<byte[]> inflate(byte[] bytes) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes);
      byte[] content = new byte[length];
      int count = inflater.inflate(content);
      return count == length ? Optional.of(content) : Optional.empty();
    } catch (DataFormatException e) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }
}
