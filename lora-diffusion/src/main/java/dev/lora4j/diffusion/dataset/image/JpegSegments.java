package dev.lora4j.diffusion.dataset.image;

import java.util.Arrays;
import java.util.Optional;

/** Walks over the segments of a JPEG file (ITU-T T.81, annex B). */
final class JpegSegments {
  private static final int START_OF_SCAN = 0xda;
  private static final int END = 0xd9;
  private static final int EXIF = 0xe1;

  /**
   * Greatest number of scans, each a pass over all pixels; encoders make about ten, and
   * libjpeg-turbo warns at 500.
   */
  private static final int MOST_SCANS = 500;

  private JpegSegments() {}

  /**
   * Property that makes a decoder take more time or memory than the size in pixels suggests, if
   * any.
   */
  static Optional<String> oddity(byte[] file) {
    int scans = 0;
    int frames = 0;
    int at = 2;
    while (at >= 0 && at + 1 < file.length) {
      int marker = file[at + 1] & 0xff;
      if (file[at] != (byte) 0xff) {
        at++;
        continue;
      }
      if (marker == END) {
        break;
      }
      scans += marker == START_OF_SCAN ? 1 : 0;
      frames += frame(marker) ? 1 : 0;
      at = marker == 0xff ? at + 1 : next(file, at, marker);
    }
    if (scans > MOST_SCANS) {
      return Optional.of(
          "has " + scans + " scans of its pixels; at most " + MOST_SCANS + " are read.");
    }
    return frames > 1 ? Optional.of("declares its size " + frames + " times.") : Optional.empty();
  }

  /** True if a marker begins a frame, which has a size: all of that range but tables and JPG. */
  private static boolean frame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /**
   * True if the picture's own end marker is there; that of a thumbnail within EXIF does not count.
   */
  static boolean ends(byte[] file) {
    int at = 2;
    while (at >= 0 && at + 1 < file.length) {
      int marker = file[at + 1] & 0xff;
      if (file[at] != (byte) 0xff) {
        // Bytes between two segments, which readers pass over.
        at++;
        continue;
      }
      if (marker == END) {
        return true;
      }
      at = marker == 0xff ? at + 1 : next(file, at, marker);
    }
    return false;
  }

  /** The first EXIF block before the pixels. */
  static Optional<byte[]> exif(byte[] file) {
    int at = 2;
    while (at >= 0 && at + 4 <= file.length && file[at] == (byte) 0xff) {
      int marker = file[at + 1] & 0xff;
      if (marker == EXIF && Container.has(file, at + 4, Exif.PREFIX)) {
        int end = Math.min(file.length, at + 2 + length(file, at));
        int begin = at + 4 + Exif.PREFIX.length();
        return begin < end ? Optional.of(Arrays.copyOfRange(file, begin, end)) : Optional.empty();
      }
      if (marker == START_OF_SCAN || marker == END) {
        break;
      }
      at = marker == 0xff ? at + 1 : next(file, at, marker);
    }
    return Optional.empty();
  }

  /** Position of the next segment, or -1. */
  private static int next(byte[] file, int at, int marker) {
    boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (alone) {
      return at + 2;
    }
    if (at + 4 > file.length) {
      return -1;
    }
    int after = at + 2 + length(file, at);
    return marker == START_OF_SCAN ? afterScan(file, after) : after;
  }

  private static int length(byte[] file, int at) {
    return ((file[at + 2] & 0xff) << 8) | (file[at + 3] & 0xff);
  }

  /** Compressed data ends at a marker that is neither a stuffed zero nor a restart. */
  private static int afterScan(byte[] file, int from) {
    for (int at = from; at + 1 < file.length; at++) {
      int next = file[at + 1] & 0xff;
      if (file[at] == (byte) 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
        return at;
      }
    }
    return -1;
  }
}
