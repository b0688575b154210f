package dev.lora4j.core.store;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.StagedFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Collectors;

/** An adapter on its way out of a store, byte for byte as it was added. */
final class Retrieval {
  private final Packs packs;
  private final String name;

  Retrieval(Packs packs, String name) {
    this.packs = packs;
    this.name = name;
  }

  /** Writes the adapter's file or folder, whole or not at all. */
  void write(Manifest manifest, Path target) throws IOException {
    if (!manifest.folder()) {
      write(manifest.files().get(0), target);
      return;
    }
    if (StagedFolder.taken(target)) {
      throw new StoreException(
          target + " is there already and not empty. Name another folder, or remove it first.");
    }
    try (StagedFolder staged = StagedFolder.beside(target)) {
      for (StoredFile file : manifest.files()) {
        write(file, staged.path().resolve(file.name()));
      }
      staged.commit();
    }
  }

  private void write(StoredFile file, Path target) throws IOException {
    AtomicFile.write(target, out -> write(file, out));
  }

  private void write(StoredFile file, WritableByteChannel out) throws IOException {
    MessageDigest whole = Digests.sha256();
    long at = 0;
    for (Piece piece : file.pieces()) {
      byte[] bytes = bytes(file, piece, at);
      whole.update(bytes);
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        out.write(left);
      }
      at += bytes.length;
    }
    if (!ObjectId.of(whole).equals(file.sha256())) {
      throw new StoreException(
          file.name()
              + " of the adapter "
              + name
              + " would not be the file that was added, so it was not written. Add the file again"
              + " with 'store add --replace'.");
    }
  }

  private byte[] bytes(StoredFile file, Piece piece, long at) throws IOException {
    if (piece instanceof Piece.Stored stored) {
      return packs
          .content(stored.id())
          .filter(bytes -> bytes.length == stored.length())
          .orElseThrow(
              () -> new StoreException(damaged(packs, name, file, stored, at) + " " + remedy()));
    }
    return ((Piece.Literal) piece).bytes();
  }

  /** A sentence about an object that is damaged or missing. */
  static String damaged(
      Packs packs, String name, StoredFile file, Piece.Stored object, long begin) {
    List<Path> files = packs.files(object.id());
    String state =
        files.isEmpty()
            ? " are in no pack of the store"
            : " are damaged in "
                + files.stream()
                    .map(f -> "packs/" + f.getFileName())
                    .collect(Collectors.joining(" and "));
    return "Bytes %d to %d of %s of the adapter %s (object %s)%s."
        .formatted(
            begin,
            begin + object.length() - 1,
            file.name(),
            name,
            object.id().hex().substring(0, 12),
            state);
  }

  /** Advice for a user who meets damage. */
  static String remedy() {
    return "Add this adapter again, or another that has the same tensor: 'store add' replaces"
        + " damaged objects. Nothing was written.";
  }
}
