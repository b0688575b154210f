package dev.lora4j.core.store;

import dev.lora4j.core.identity.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 of some bytes, as four numbers: a store with many adapters has many in memory. */
record ObjectId(long first, long second, long third, long fourth) {
  static final int BYTES = 32;

  /** Digest of these bytes. */
  static ObjectId of(byte[] content) {
    MessageDigest digest = Digests.sha256();
    digest.update(content);
    return of(digest);
  }

  /** Digest so far; resets {@code digest}. */
  static ObjectId of(MessageDigest digest) {
    return read(ByteBuffer.wrap(digest.digest()));
  }

  static ObjectId read(ByteBuffer from) {
    return new ObjectId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  void write(ByteBuffer to) {
    to.putLong(first).putLong(second).putLong(third).putLong(fourth);
  }

  /** The digest in hexadecimal. */
  String hex() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    write(bytes);
    return HexFormat.of().formatHex(bytes.array());
  }
}
