package dev.lora4j.core.safetensors;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of a file, wherever they are. */
interface Bytes {
  long size();

  /** Fills {@code into} from {@code position} on. */
  void read(long position, ByteBuffer into);

  /** A range as a stream, for the JSON parser. */
  default InputStream stream(long position, long length) {
    return new Range(this, position, length);
  }

  /** A range that is read from its beginning. */
  final class Range extends InputStream {
    private final Bytes bytes;
    private long position;
    private long left;

    private Range(Bytes bytes, long position, long length) {
      this.bytes = bytes;
      this.position = position;
      this.left = length;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      bytes.read(position, ByteBuffer.wrap(into, offset, count));
      position += count;
      left -= count;
      return count;
    }
  }
}
