package dev.lora4j.hub.store;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.hub.web.HubException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The look at the header of a file as soon as that has arrived, so that a page, a pickle or a whole
 * model is refused before the rest is fetched.
 */
final class HeaderCheck {
  /** Bytes by which other formats are recognised. */
  private static final int SIGNATURE = 512;

  private static final int PREFIX = 8;
  private static final long MOST_HEADER = 100_000_000;

  private final String name;
  private boolean done;

  /**
   * A check of one file.
   *
   * @param name by which messages call it
   */
  HeaderCheck(String name) {
    this.name = name;
  }

  /**
   * Looks at what has arrived, if that is enough and was not looked at before.
   *
   * @param size of the whole file; -1 if that is unknown
   * @throws HubException if the file is no adapter
   */
  void look(PartFile part, long size) throws IOException {
    if (done || part.length() < (size < 0 ? SIGNATURE : Math.min(SIGNATURE, size))) {
      return;
    }
    long header = header(part.path());
    boolean readable = header >= 0 && header <= MOST_HEADER;
    if (readable && part.length() < PREFIX + header && part.length() != size) {
      return;
    }
    done = true;
    if (!readable || size < 0 || PREFIX + header > size) {
      refuse(part.path());
    } else {
      asWhole(part.path(), PREFIX + header, size);
    }
  }

  private static long header(Path file) throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      byte[] prefix = in.readNBytes(PREFIX);
      return prefix.length < PREFIX
          ? -1
          : ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
  }

  /** The rest is not here, which alone may be wrong with it. */
  private void refuse(Path part) {
    try (Safetensors file = Safetensors.openLenient(part)) {
      AdapterFiles.requireAdapter(file.path());
    } catch (SafetensorsException | AdapterException e) {
      boolean cut =
          e instanceof SafetensorsException broken
              && broken.kind() == SafetensorsException.Kind.TRUNCATED;
      if (!cut) {
        throw refusal(part, e);
      }
    }
  }

  /** Judges the header with nothing behind it: a file of the whole length that takes no room. */
  private void asWhole(Path part, long head, long size) throws IOException {
    Path sketch = part.resolveSibling("header.safetensors");
    try {
      copy(part, head, sketch);
      if (lengthened(sketch, size)) {
        AdapterFiles.requireAdapter(sketch);
      }
    } catch (SafetensorsException | AdapterException e) {
      throw refusal(sketch, e);
    } finally {
      Files.deleteIfExists(sketch);
    }
  }

  /* Not by channels, which an interrupt would close. */
  private static void copy(Path from, long head, Path to) throws IOException {
    try (InputStream in = new FileInputStream(from.toFile());
        OutputStream out = new FileOutputStream(to.toFile())) {
      byte[] chunk = new byte[1 << 16];
      for (long left = head; left > 0; ) {
        int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (count < 0) {
          throw new IOException(from + " has become shorter.");
        }
        out.write(chunk, 0, count);
        left -= count;
      }
    }
  }

  /** False where the file system gives no room for it; the whole file is judged at the end. */
  private static boolean lengthened(Path sketch, long size) throws IOException {
    try (RandomAccessFile whole = new RandomAccessFile(sketch.toFile(), "rw")) {
      whole.setLength(size);
      return true;
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  private HubException refusal(Path seen, RuntimeException e) {
    String text = String.valueOf(e.getMessage()).replace(seen.toString(), name);
    return new HubException(text + " It is not fetched.", e);
  }
}
