package dev.lora4j.core.store;

import java.util.List;

/**
 * A file of an adapter as its manifest has it.
 *
 * @param name the file's name, without folders
 * @param sha256 digest of the whole file
 * @param pieces all of its bytes, in order
 */
record StoredFile(String name, ObjectId sha256, List<Piece> pieces) {
  long size() {
    return pieces.stream().mapToLong(Piece::length).sum();
  }

  /** True if the other has the same name and bytes. */
  boolean same(StoredFile other) {
    return name.equals(other.name) && sha256.equals(other.sha256) && size() == other.size();
  }
}
