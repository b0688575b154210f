package dev.lora4j.diffusion.dataset.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Walks over the chunks of a PNG file (its specification, section 5). */
final class PngChunks {
  private static final int SIGNATURE = 8;

  /** Length, name and check sum of a chunk. */
  private static final int AROUND = 12;

  private PngChunks() {}

  /**
   * The file with the chunks that pixels are made of: the header, which is its first, the palette,
   * its transparency, the pixels and the end.
   */
  static byte[] needed(byte[] file) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, SIGNATURE);
    int at = SIGNATURE;
    while (at + (long) AROUND <= file.length) {
      long size = AROUND + Integer.toUnsignedLong(ByteBuffer.wrap(file).getInt(at));
      int there = (int) Math.min(size, file.length - at);
      String name = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      boolean wanted =
          switch (name) {
            case "IHDR" -> at == SIGNATURE;
            case "PLTE", "tRNS", "IDAT", "IEND" -> true;
            default -> false;
          };
      if (wanted) {
        kept.write(file, at, there);
      }
      at += there;
    }
    return kept.toByteArray();
  }
}
