package dev.lora4j.core.store;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Files on their way into a store: what they are made of, and a pack of what is new of it. */
final class Addition {
  private final Packs packs;
  private final PackWriter pack = new PackWriter();
  private final Set<ObjectId> added = new HashSet<>();
  private long newBytes;

  Addition(Packs packs) {
    this.packs = packs;
  }

  /** Bytes of the objects that are new. */
  long newBytes() {
    return newBytes;
  }

  /** Reads the files of an adapter. */
  Manifest read(String name, SourceFolder source) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (Path file : source.files()) {
      String own = String.valueOf(file.getFileName());
      files.add(read(file, source.folder() ? own : name + ".safetensors"));
    }
    return new Manifest(source.folder(), files);
  }

  private StoredFile read(Path file, String name) throws IOException {
    RegularFile.require(file);
    MessageDigest whole = Digests.sha256();
    List<Piece> pieces = new ArrayList<>();
    List<FilePieces.Cut> cuts = FilePieces.of(file);
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      for (FilePieces.Cut cut : cuts) {
        byte[] bytes = cut.read(in);
        whole.update(bytes);
        pieces.add(piece(file, cut, bytes));
      }
    }
    return new StoredFile(name, ObjectId.of(whole), pieces);
  }

  private Piece piece(Path file, FilePieces.Cut cut, byte[] bytes) throws IOException {
    if (bytes.length <= Piece.Literal.MOST) {
      return new Piece.Literal(bytes);
    }
    ObjectId id = ObjectId.of(bytes);
    // What is there is read: an object that was damaged on the disk is written anew.
    Optional<byte[]> there = added.contains(id) ? Optional.of(bytes) : packs.content(id);
    if (there.isEmpty() || !Arrays.equals(there.get(), bytes)) {
      added.add(id);
      newBytes += bytes.length;
      pack.add(id, bytes.length, cut.text(), () -> again(file, cut, id));
    }
    return new Piece.Stored(id, bytes.length);
  }

  /** Pieces are read twice, since all of the new ones may be more than fits into memory. */
  private static byte[] again(Path file, FilePieces.Cut cut, ObjectId id) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = cut.read(in);
      if (!ObjectId.of(bytes).equals(id)) {
        throw new StoreException(
            file + " changed while it was read. Nothing of it was stored; add it again.");
      }
      return bytes;
    }
  }

  /** Writes the objects that are new. */
  void write() throws IOException {
    if (!pack.isEmpty()) {
      packs.write(pack);
    }
  }
}
