package dev.lora4j.core.store;

/** A stretch of a stored file. */
sealed interface Piece {
  /** Number of bytes in the file. */
  int length();

  /**
   * Bytes that the manifest has itself.
   *
   * @param bytes not changed by anybody
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Literal(byte[] bytes) implements Piece {
    /** Most bytes of one: as many as the digest has that would stand for them. */
    static final int MOST = ObjectId.BYTES;

    @Override
    public int length() {
      return bytes.length;
    }
  }

  /** An object in a pack. */
  record Stored(ObjectId id, int length) implements Piece {}
}
