package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A file of objects with an index of them.
 *
 * @param entries the objects; none if the index is not whole
 * @param whole true if the index is as it was written
 */
record Pack(Path file, List<PackEntry> entries, boolean whole) {
  static final String ENDING = ".pack";

  private static final byte[] MARK = "L4JPACK1".getBytes(StandardCharsets.US_ASCII);

  /** Number of bytes behind the index. */
  static final int END = Long.BYTES + Integer.BYTES + ObjectId.BYTES + MARK.length;

  static byte[] mark() {
    return MARK.clone();
  }

  /** Reads the index. */
  static Pack open(Path file) throws IOException {
    long size = RegularFile.require(file);
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      Optional<List<PackEntry>> entries = entries(in, size);
      return new Pack(file, entries.orElse(List.of()), entries.isPresent());
    }
  }

  private static Optional<List<PackEntry>> entries(RandomAccessFile in, long size)
      throws IOException {
    if (size < END) {
      return Optional.empty();
    }
    ByteBuffer end = ByteBuffer.wrap(read(in, size - END, END));
    long begin = end.getLong();
    int count = end.getInt();
    ObjectId sha256 = ObjectId.read(end);
    byte[] mark = new byte[MARK.length];
    end.get(mark);
    boolean fits =
        Arrays.equals(mark, MARK)
            && begin >= 0
            && count >= 0
            && size - END - begin == (long) count * PackEntry.BYTES
            && (long) count * PackEntry.BYTES < Integer.MAX_VALUE - 8;
    if (!fits) {
      return Optional.empty();
    }
    byte[] bytes = read(in, begin, count * PackEntry.BYTES);
    if (!ObjectId.of(bytes).equals(sha256)) {
      return Optional.empty();
    }
    ByteBuffer index = ByteBuffer.wrap(bytes);
    List<PackEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PackEntry entry =
          new PackEntry(
              ObjectId.read(index),
              index.getLong(),
              index.getInt(),
              index.getInt(),
              index.get() == 1);
      if (!fits(entry, begin)) {
        return Optional.empty();
      }
      entries.add(entry);
    }
    return Optional.of(entries);
  }

  private static boolean fits(PackEntry entry, long objects) {
    return entry.begin() >= 0
        && entry.held() >= 0
        && entry.begin() <= objects - entry.held()
        && entry.length() >= 0
        && entry.length() <= FilePieces.LONGEST;
  }

  private static byte[] read(RandomAccessFile in, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.seek(at);
    in.readFully(bytes);
    return bytes;
  }

  /** The bytes of an entry as they are in the file, whether they are right or not. */
  byte[] held(PackEntry entry) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      return read(in, entry.begin(), entry.held());
    }
  }

  /** The object of an entry; empty if it is damaged. */
  Optional<byte[]> content(PackEntry entry) throws IOException {
    try {
      return entry.content(held(entry));
    } catch (EOFException e) {
      return Optional.empty(); // cut since the index was read
    }
  }
}
