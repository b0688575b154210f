package dev.lora4j.diffusion.dataset.archive;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The bytes of a tar, unpacked if it is in gzip. It watches what readers of tars are lenient about:
 * whether the file has an end, and nothing behind it, and whether gzip unpacks to far more than
 * pictures do.
 */
final class TarBytes extends FilterInputStream {
  private static final int RECORD = 512;

  /** Pictures are compressed already; plain bitmaps of one colour shrink to a hundredth. */
  private static final long MOST_RATIO = 200;

  /** Up to here any ratio is harmless. */
  private static final long HARMLESS = 64L << 20;

  private final Counted file;
  private long unpacked;
  private long zeros;

  private TarBytes(InputStream bytes, Counted file) {
    super(bytes);
    this.file = file;
  }

  static TarBytes of(Path shard) throws IOException {
    // A stream of a channel would be closed by an interrupt.
    Counted file = new Counted(new FileInputStream(shard.toFile()));
    try {
      BufferedInputStream bytes = new BufferedInputStream(file, 1 << 16);
      bytes.mark(2);
      boolean gzip = bytes.read() == 0x1f && bytes.read() == 0x8b;
      bytes.reset();
      return new TarBytes(gzip ? new GZIPInputStream(bytes, 1 << 16) : bytes, file);
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    int count = super.read(into, from, most);
    if (count > 0) {
      unpacked += count;
      int end = from + count;
      int at = end;
      while (at > from && into[at - 1] == 0) {
        at--;
      }
      zeros = at == from ? zeros + count : end - at;
      if (unpacked > HARMLESS && unpacked / MOST_RATIO > file.count) {
        throw new ArchiveException(
            "unpacks to more than "
                + MOST_RATIO
                + " times its size, as no pictures do; it is damaged, or made to do harm.");
      }
    }
    return count;
  }

  /** Bytes are read, so that all of them are watched. */
  @Override
  public long skip(long most) throws IOException {
    byte[] chunk = new byte[1 << 13];
    long left = most;
    while (left > 0) {
      int count = read(chunk, 0, (int) Math.min(left, chunk.length));
      if (count < 0) {
        break;
      }
      left -= count;
    }
    return most - left;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /**
   * Checks the end, once the last member was read.
   *
   * @throws ArchiveException if the archive is cut off, or has something behind its end
   */
  void requireEnd() throws IOException {
    if (zeros < RECORD) {
      throw new ArchiveException("is cut off: it lacks the mark of its end.");
    }
    byte[] chunk = new byte[1 << 13];
    int count = read(chunk, 0, chunk.length);
    long before = unpacked;
    while (count >= 0) {
      if (count > zeros) {
        throw new ArchiveException(
            "has bytes behind the mark of its end, at "
                + before
                + ", such as those of a second tar; unpack it and pack one.");
      }
      before = unpacked;
      count = read(chunk, 0, chunk.length);
    }
  }

  /** Counts the bytes of the file itself. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count += one < 0 ? 0 : 1;
      return one;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      int read = super.read(into, from, most);
      count += Math.max(0, read);
      return read;
    }
  }
}
