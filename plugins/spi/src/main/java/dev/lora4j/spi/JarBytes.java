package dev.lora4j.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * A jar in memory: hashed, examined and loaded from the same bytes, whatever happens to the file.
 * Entries are found by the directory at its end (APPNOTE.TXT of PKWARE, section 4.3), as the Java
 * platform finds them.
 */
final class JarBytes {
  private static final int END = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_SIZE = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int ENCRYPTED = 1;

  /** Location of an entry. */
  private record Place(int method, long packed, long size, long header) {}

  private final ByteBuffer content;
  private final Map<String, Place> places = new HashMap<>();
  private int begin;

  private JarBytes(byte[] content) {
    this.content = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a jar. If it is signed, all that it holds is compared with the signature.
   *
   * @throws IOException if it is none
   * @throws SecurityException if it was altered after it was signed
   */
  static JarBytes of(byte[] content) throws IOException {
    JarBytes jar = new JarBytes(content);
    try {
      jar.directory();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new ZipException("its directory is damaged");
    }
    boolean signed =
        jar.places.keySet().stream()
            .map(name -> name.toUpperCase(Locale.ROOT))
            .anyMatch(name -> name.startsWith("META-INF/") && name.endsWith(".SF"));
    if (signed) {
      verify(content);
    }
    return jar;
  }

  private static void verify(byte[] content) throws IOException {
    try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(content), true)) {
      if (jar.getManifest() == null) {
        throw new SecurityException("it is signed, and its manifest does not come first");
      }
      while (jar.getNextEntry() != null) {
        jar.skip(Long.MAX_VALUE); // What is read is verified.
      }
    }
  }

  private void directory() throws IOException {
    int end = end();
    int size = content.getInt(end + 12);
    int at = Math.subtractExact(end, size);
    begin = Math.subtractExact(at, content.getInt(end + 16));
    if (size < 0 || begin < 0) {
      throw new ZipException("its directory is damaged");
    }
    while (at + ENTRY_SIZE <= end && content.getInt(at) == ENTRY) {
      int name = Short.toUnsignedInt(content.getShort(at + 28));
      byte[] letters = new byte[name];
      content.get(at + ENTRY_SIZE, letters);
      if ((content.getShort(at + 8) & ENCRYPTED) != 0) {
        throw new ZipException("it is encrypted");
      }
      Place place =
          new Place(
              content.getShort(at + 10),
              Integer.toUnsignedLong(content.getInt(at + 20)),
              Integer.toUnsignedLong(content.getInt(at + 24)),
              Integer.toUnsignedLong(content.getInt(at + 42)));
      if (places.put(new String(letters, StandardCharsets.UTF_8), place) != null) {
        throw new ZipException("it has two of " + new String(letters, StandardCharsets.UTF_8));
      }
      int extra = Short.toUnsignedInt(content.getShort(at + 30));
      int comment = Short.toUnsignedInt(content.getShort(at + 32));
      at += ENTRY_SIZE + name + extra + comment;
    }
    if (at != end) {
      throw new ZipException("its directory is damaged");
    }
  }

  private int end() throws IOException {
    int last = content.limit() - END_SIZE;
    for (int at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (content.getInt(at) == END
          && at + END_SIZE + Short.toUnsignedInt(content.getShort(at + 20)) == content.limit()) {
        return at;
      }
    }
    throw new ZipException("it does not end as one");
  }

  /** Names of all entries. */
  Set<String> names() {
    return places.keySet();
  }

  /**
   * The content of an entry, if there is one of this name.
   *
   * @param most how many bytes it may have
   * @throws IOException if it is damaged, or has more
   */
  Optional<byte[]> entry(String name, int most) throws IOException {
    Place place = places.get(name);
    if (place == null) {
      return Optional.empty();
    }
    if (place.size() > most) {
      throw new ZipException(
          name + " has " + place.size() + " bytes; at most " + most + " are read");
    }
    try {
      int local = Math.toIntExact(begin + place.header());
      int from =
          local
              + LOCAL_SIZE
              + Short.toUnsignedInt(content.getShort(local + 26))
              + Short.toUnsignedInt(content.getShort(local + 28));
      if (content.getInt(local) != LOCAL) {
        throw new ZipException(name + " is damaged");
      }
      InputStream packed =
          new ByteArrayInputStream(content.array(), from, Math.toIntExact(place.packed()));
      byte[] found = unpacked(name, place, packed);
      if (found.length != place.size()) {
        throw new ZipException(name + " is damaged");
      }
      return Optional.of(found);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new ZipException(name + " is damaged");
    }
  }

  private static byte[] unpacked(String name, Place place, InputStream packed) throws IOException {
    // One byte more than the entry's size shows that the size is too small.
    int wanted = (int) place.size() + 1;
    if (place.method() == ZipEntry.STORED) {
      return packed.readNBytes(wanted);
    }
    if (place.method() != ZipEntry.DEFLATED) {
      throw new ZipException(name + " is packed in a way that is not known");
    }
    Inflater inflater = new Inflater(true);
    try (InputStream in = new InflaterInputStream(packed, inflater)) {
      return in.readNBytes(wanted);
    } finally {
      inflater.end();
    }
  }
}
