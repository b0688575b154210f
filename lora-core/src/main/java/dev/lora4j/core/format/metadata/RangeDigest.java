package dev.lora4j.core.format.metadata;

import dev.lora4j.core.identity.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** SHA-256 over a range of a stream that goes by in pieces. */
final class RangeDigest {
  private final MessageDigest digest = Digests.sha256();
  private final long begin;
  private final long end;

  /** Over the bytes from {@code begin} up to {@code end}, or to where the stream ends before. */
  RangeDigest(long begin, long end) {
    this.begin = begin;
    this.end = end;
  }

  /** Takes the bytes that stand at {@code position} of the stream; leaves the buffer as it is. */
  void add(long position, ByteBuffer bytes) {
    long from = Math.max(begin, position);
    long to = Math.min(end, position + bytes.remaining());
    if (from < to) {
      ByteBuffer part = bytes.duplicate();
      part.limit(bytes.position() + (int) (to - position));
      part.position(bytes.position() + (int) (from - position));
      digest.update(part);
    }
  }

  /** Digest of the bytes so far, in hexadecimal. Called once. */
  String hex() {
    return Digests.hex(digest);
  }
}
