package dev.lora4j.core.safetensors;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** A range of a file as a stream, for the JSON parser. */
final class BytesStream extends InputStream {
  private final Bytes bytes;
  private long position;
  private long left;

  BytesStream(Bytes bytes, long position, long length) {
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
