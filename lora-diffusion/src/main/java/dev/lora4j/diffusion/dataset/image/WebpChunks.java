package dev.lora4j.diffusion.dataset.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Walks over the chunks of a WebP file (RFC 9649), each of which may have a size of its own. */
final class WebpChunks {
  private static final int SIDE = 0x3fff;
  private static final int HEADER = 8;

  /** Bytes before the chunks of an animation frame: its place, size and duration. */
  private static final int FRAME = 16;

  private WebpChunks() {}

  /** A picture in the file that is not as large as the header says, if there is one. */
  static Optional<String> oddity(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (!Container.has(file, 12, "VP8X") || file.length < 30) {
      return Optional.empty(); // The one picture has the size.
    }
    return larger(file, 30, file.length, three(bytes, 24) + 1, three(bytes, 27) + 1);
  }

  private static Optional<String> larger(byte[] all, int from, int to, int width, int height) {
    ByteBuffer file = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    boolean whole = to == all.length;
    int at = from;
    while (at >= 0 && at + HEADER <= to) {
      long length = Integer.toUnsignedLong(file.getInt(at + 4));
      int data = at + HEADER;
      int end = (int) Math.min(to, data + length);
      Optional<String> found = Optional.empty();
      if (whole && Container.has(all, at, "ANMF") && data + FRAME <= end) {
        found = larger(all, data + FRAME, end, width, height);
      } else if (Container.has(all, at, "VP8 ") && data + 10 <= end) {
        int columns = file.getShort(data + 6) & SIDE;
        found = within(columns, file.getShort(data + 8) & SIDE, width, height);
      } else if (Container.has(all, at, "VP8L") && data + 5 <= end) {
        int sides = file.getInt(data + 1);
        found = within((sides & SIDE) + 1, (sides >>> 14 & SIDE) + 1, width, height);
      }
      if (found.isPresent()) {
        return found;
      }
      at = (int) Math.min(Integer.MAX_VALUE - HEADER, data + length + length % 2);
    }
    return Optional.empty();
  }

  private static Optional<String> within(int columns, int rows, int width, int height) {
    return columns <= width && rows <= height
        ? Optional.empty()
        : Optional.of(
            "declares %dx%d pixels and holds a picture of %dx%d."
                .formatted(width, height, columns, rows));
  }

  private static int three(ByteBuffer file, int at) {
    return file.getInt(at - 1) >>> 8;
  }
}
