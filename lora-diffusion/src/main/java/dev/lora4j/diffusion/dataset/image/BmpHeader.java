package dev.lora4j.diffusion.dataset.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Header of a BMP file, beside the size in pixels. */
final class BmpHeader {
  private static final int INFO = 14;
  private static final int COMPRESSION = 30;
  private static final int COLOURS = 46;
  private static final int END = 54;
  private static final int ENTRY = 4;

  /** First kind of compression that is a whole file of another format. */
  private static final int EMBEDDED = 4;

  private static final int LAST_EMBEDDED = 5;

  private BmpHeader() {}

  /** Property that makes a decoder take more memory than the size in pixels suggests, if any. */
  static Optional<String> oddity(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < END || bytes.getInt(INFO) < END - INFO) {
      return Optional.empty(); // The oldest form, which has no such fields.
    }
    int compression = bytes.getInt(COMPRESSION);
    if (compression >= EMBEDDED && compression <= LAST_EMBEDDED) {
      return Optional.of("holds a file of another format, whose size is not the one it declares.");
    }
    long colours = Integer.toUnsignedLong(bytes.getInt(COLOURS));
    return colours * ENTRY > file.length
        ? Optional.of("declares " + colours + " colours, more than fit into it.")
        : Optional.empty();
  }
}
