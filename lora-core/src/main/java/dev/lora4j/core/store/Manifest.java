package dev.lora4j.core.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files of an adapter in a store.
 *
 * @param folder true if the adapter is a folder with these files, else it is the only one of them
 */
record Manifest(boolean folder, List<StoredFile> files) {
  long size() {
    return files.stream().mapToLong(StoredFile::size).sum();
  }

  /** The objects that the files are made of. */
  Set<Piece.Stored> objects() {
    Set<Piece.Stored> objects = new HashSet<>();
    for (StoredFile file : files) {
      for (Piece piece : file.pieces()) {
        if (piece instanceof Piece.Stored stored) {
          objects.add(stored);
        }
      }
    }
    return objects;
  }

  /** True if the other has files of the same names and bytes. */
  boolean same(Manifest other) {
    boolean same = folder == other.folder && files.size() == other.files.size();
    for (int i = 0; same && i < files.size(); i++) {
      same = files.get(i).same(other.files.get(i));
    }
    return same;
  }
}
