package dev.lora4j.hub.store;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A file that arrives in order, with the note that lets another process go on with it. Not a file
 * channel: an interrupt would close it, and what was cancelled is still stored.
 */
final class PartFile implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  /** Bytes, and time, after which what has arrived is forced to the disk and noted. */
  private static final long NOTED_BYTES = 16L << 20;

  private static final long NOTED_NANOS = 500_000_000L;

  private final Path path;
  private final Path notePath;
  private final RandomAccessFile file;
  private final byte[] chunk = new byte[CHUNK];
  private final MessageDigest digest = Digests.sha256();
  private PartNote note;
  private long length;
  private long notedAt = System.nanoTime();
  private boolean removed;

  private PartFile(Path path, Path notePath, RandomAccessFile file, PartNote note) {
    this.path = path;
    this.notePath = notePath;
    this.file = file;
    this.note = note;
  }

  /** Opens the part of a file in a folder, or begins one. */
  static PartFile open(Path folder, String name) throws IOException {
    Path path = folder.resolve(name + ".part");
    Path notePath = folder.resolve(name + ".json");
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      PartNote note = PartNote.read(notePath);
      // What lies behind may be bytes that never reached the disk before the machine stopped.
      boolean whole = file.length() >= note.bytes() && note.bytes() >= 0;
      PartFile part = new PartFile(path, notePath, file, whole ? note : PartNote.NOTHING);
      part.cut(part.note.bytes());
      return part;
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  PartNote note() {
    return note;
  }

  /** Bytes that are here. */
  long length() {
    return length;
  }

  /** Keeps the first bytes alone. */
  void cut(long bytes) throws IOException {
    file.setLength(bytes);
    file.seek(0);
    digest.reset();
    for (length = 0; length < bytes; ) {
      int count = file.read(chunk, 0, (int) Math.min(CHUNK, bytes - length));
      if (count < 0) {
        throw new IOException(path + " has become shorter.");
      }
      digest.update(chunk, 0, count);
      length += count;
    }
    note = note.withBytes(bytes);
  }

  /** Forgets what is here, and begins with another file. */
  void begin(PartNote other) throws IOException {
    cut(0);
    note = other.withBytes(0);
    store();
  }

  /** Adds bytes. */
  void add(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = Math.min(CHUNK, bytes.remaining());
      bytes.get(chunk, 0, count);
      file.write(chunk, 0, count);
      digest.update(chunk, 0, count);
      length += count;
    }
    long now = System.nanoTime();
    if (length - note.bytes() >= NOTED_BYTES || now - notedAt >= NOTED_NANOS) {
      store();
    }
  }

  /** Forces what is here to the disk, and notes it; does nothing once it is removed. */
  void store() throws IOException {
    if (removed) {
      return;
    }
    file.getFD().sync();
    note = note.withBytes(length);
    note.write(notePath);
    notedAt = System.nanoTime();
  }

  /** SHA-256 of what is here, in hexadecimal. */
  String sha256() {
    try {
      return Digests.hex((MessageDigest) digest.clone());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every Java platform can copy this digest", e);
    }
  }

  /** A part of nothing is removed. */
  @Override
  public void close() throws IOException {
    if (length == 0) {
      remove();
    }
    file.close();
  }

  /** Closes and removes it. */
  void remove() throws IOException {
    removed = true;
    file.close();
    Files.deleteIfExists(path);
    Files.deleteIfExists(notePath);
  }
}
