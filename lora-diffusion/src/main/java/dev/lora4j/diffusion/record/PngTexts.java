package dev.lora4j.diffusion.record;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.InflaterInputStream;

/**
 * The texts of a PNG file (its specification, section 11.3.4), of bounded length: a text may be
 * compressed, and a few bytes then stand for any number.
 */
final class PngTexts {
  /** Most bytes of a file whose texts are read. */
  private static final long FILE = 1L << 29;

  /** Most bytes that all texts of a file may have together, unpacked. */
  private static final int MOST = 16 << 20;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Length, name and check sum of a chunk. */
  private static final int AROUND = 12;

  /** Name of the file in messages. */
  private final String file;

  private final Map<String, String> texts = new LinkedHashMap<>();
  private int left = MOST;

  private PngTexts(String file) {
    this.file = file;
  }

  /**
   * Reads the texts by keyword.
   *
   * @throws IllegalArgumentException if it is no PNG file, is cut off, or has too much text
   * @throws IOException if it cannot be read
   */
  static Map<String, String> read(Path file) throws IOException {
    return read(file.toString(), RegularFile.bytes(file, FILE));
  }

  /** Reads the texts of a file's content. */
  static Map<String, String> read(String name, byte[] content) {
    PngTexts found = new PngTexts(name);
    found.chunks(ByteBuffer.wrap(content));
    return found.texts;
  }

  private void chunks(ByteBuffer png) {
    boolean begins = png.remaining() >= SIGNATURE.length;
    if (!begins || png.mismatch(ByteBuffer.wrap(SIGNATURE)) != SIGNATURE.length) {
      throw new IllegalArgumentException(file + " is no PNG file.");
    }
    png.position(SIGNATURE.length);
    while (png.remaining() >= AROUND) {
      long length = Integer.toUnsignedLong(png.getInt());
      if (length + AROUND - 4 > png.remaining()) {
        break;
      }
      byte[] name = new byte[4];
      png.get(name);
      ByteBuffer data = png.slice(png.position(), (int) length);
      png.position(png.position() + (int) length + 4);
      switch (new String(name, StandardCharsets.ISO_8859_1)) {
        case "tEXt" -> plain(data);
        case "zTXt" -> packed(data);
        case "iTXt" -> international(data);
        case "IEND" -> {
          return;
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException(
        file + " is no PNG file that can be read: it is cut off before its end.");
  }

  private void plain(ByteBuffer data) {
    String keyword = word(data);
    texts.put(keyword, text(data, StandardCharsets.ISO_8859_1));
  }

  private void packed(ByteBuffer data) {
    String keyword = word(data);
    method(data);
    texts.put(keyword, text(unpacked(data), StandardCharsets.ISO_8859_1));
  }

  private void international(ByteBuffer data) {
    String keyword = word(data);
    boolean compressed = octet(data) == 1;
    method(data);
    word(data); // its language
    word(data); // the keyword in that language
    texts.put(keyword, text(compressed ? unpacked(data) : data, StandardCharsets.UTF_8));
  }

  /** Reads text up to the next zero byte. */
  private String word(ByteBuffer data) {
    int from = data.position();
    while (octet(data) != 0) {
      // The byte was part of the word.
    }
    byte[] word = new byte[data.position() - 1 - from];
    data.get(from, word);
    return new String(word, StandardCharsets.ISO_8859_1);
  }

  private byte octet(ByteBuffer data) {
    if (!data.hasRemaining()) {
      throw new IllegalArgumentException(file + " has a damaged text.");
    }
    return data.get();
  }

  /** Requires the one method of compression that there is. */
  private void method(ByteBuffer data) {
    if (octet(data) != 0) {
      throw new IllegalArgumentException(file + " has a text in a compression that is not known.");
    }
  }

  private ByteBuffer unpacked(ByteBuffer data) {
    byte[] packed = new byte[data.remaining()];
    data.get(packed);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return ByteBuffer.wrap(in.readNBytes(left + 1));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " has a damaged text: " + e.getMessage(), e);
    }
  }

  private String text(ByteBuffer data, Charset charset) {
    left -= data.remaining();
    if (left < 0) {
      throw new IllegalArgumentException(
          file + " has texts of more than " + MOST + " bytes, which nobody wrote; it is not read.");
    }
    return charset.decode(data).toString();
  }
}
