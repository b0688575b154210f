package dev.lora4j.diffusion.dataset.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The outer form of a picture file, recognised by its first bytes, not by its name. It knows where
 * the file has to end, which decoders are lenient about, where EXIF lies, and what in a file makes
 * decoders take far more memory or time than its size in pixels suggests.
 */
enum Container {
  PNG {
    @Override
    boolean whole(byte[] file) {
      return chunk(file, "IEND").isPresent();
    }

    @Override
    Optional<byte[]> exif(byte[] file) {
      return chunk(file, "eXIf");
    }

    /** Texts and profiles are compressed, so few bytes of them may unpack to any number. */
    @Override
    byte[] pixels(byte[] file) {
      return PngChunks.needed(file);
    }

    private Optional<byte[]> chunk(byte[] file, String wanted) {
      int at = 8;
      while (at + 12L <= file.length) {
        long length = Integer.toUnsignedLong(ByteBuffer.wrap(file).getInt(at));
        if (at + 12 + length > file.length) {
          return Optional.empty();
        }
        if (has(file, at + 4, wanted)) {
          return Optional.of(Arrays.copyOfRange(file, at + 8, (int) (at + 8 + length)));
        }
        at += (int) (12 + length);
      }
      return Optional.empty();
    }
  },
  JPEG {
    @Override
    boolean whole(byte[] file) {
      return JpegSegments.ends(file);
    }

    @Override
    Optional<byte[]> exif(byte[] file) {
      return JpegSegments.exif(file);
    }

    @Override
    Optional<String> oddity(byte[] file) {
      return JpegSegments.oddity(file);
    }
  },
  WEBP {
    @Override
    boolean whole(byte[] file) {
      return little(file).getInt(4) + 8L <= file.length;
    }

    @Override
    Optional<byte[]> exif(byte[] file) {
      int at = 12;
      while (at + 8L <= file.length) {
        long length = Integer.toUnsignedLong(little(file).getInt(at + 4));
        if (at + 8 + length > file.length) {
          return Optional.empty();
        }
        if (has(file, at, "EXIF")) {
          int from = at + 8;
          int skip = has(file, from, Exif.PREFIX) ? Exif.PREFIX.length() : 0;
          return Optional.of(Arrays.copyOfRange(file, from + skip, (int) (from + length)));
        }
        at += (int) (8 + length + length % 2);
      }
      return Optional.empty();
    }

    @Override
    Optional<String> oddity(byte[] file) {
      return WebpChunks.oddity(file);
    }
  },
  GIF,
  BMP {
    @Override
    Optional<String> oddity(byte[] file) {
      return BmpHeader.oddity(file);
    }
  },
  /** A format that is not read, though the Java platform or a plug-in of its may be able to. */
  OTHER;

  /** True if the file reaches the end that its format declares. */
  boolean whole(byte[] file) {
    return true;
  }

  /** The EXIF block, from its byte order on. */
  Optional<byte[]> exif(byte[] file) {
    return Optional.empty();
  }

  /** A reason not to let a decoder see the file, a sentence that follows its name. */
  Optional<String> oddity(byte[] file) {
    return Optional.empty();
  }

  /** The parts of the file that a decoder of pixels needs. */
  byte[] pixels(byte[] file) {
    return file;
  }

  static Container of(byte[] file) {
    if (has(file, 0, "\u0089PNG\r\n\u001a\n")) {
      return PNG;
    }
    if (has(file, 0, "\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (has(file, 0, "RIFF") && has(file, 8, "WEBP")) {
      return WEBP;
    }
    if (has(file, 0, "GIF87a") || has(file, 0, "GIF89a")) {
      return GIF;
    }
    return has(file, 0, "BM") ? BMP : OTHER;
  }

  /** True if these characters, one byte each, are at this position. */
  static boolean has(byte[] file, int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    return at + wanted.length <= file.length
        && Arrays.equals(file, at, at + wanted.length, wanted, 0, wanted.length);
  }

  private static ByteBuffer little(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }
}
