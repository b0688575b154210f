package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the text file beside a picture. */
final class CaptionFile {
  private static final long LONGEST = 1 << 16;
  private static final String MARK = "\ufeff";

  /**
   * Content of a caption file.
   *
   * @param text without white space around it
   * @param error why it could not be read
   * @param marked whether it began with a byte order mark, which is left out
   */
  record Content(String text, Optional<String> error, boolean marked) {}

  private CaptionFile() {}

  /** Path of a picture's caption, which may be absent. */
  static Path beside(Path picture, String extension) {
    return picture.resolveSibling(stem(picture) + extension);
  }

  /** A file's name without its ending. */
  static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  static Content read(Path file) {
    try {
      long size = RegularFile.require(file);
      if (size > LONGEST) {
        return failed("is " + size + " bytes long, which is no caption.");
      }
      ByteBuffer bytes;
      // A stream of a channel would be closed by an interrupt.
      try (InputStream in = new FileInputStream(file.toFile())) {
        bytes = ByteBuffer.wrap(in.readNBytes((int) LONGEST));
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      boolean marked = text.startsWith(MARK);
      String content = marked ? text.substring(MARK.length()) : text;
      if (content.indexOf('\0') >= 0) {
        return failed("holds bytes of 0, so it is no UTF-8 text; save it as UTF-8.");
      }
      return new Content(content.strip(), Optional.empty(), marked);
    } catch (CharacterCodingException e) {
      return failed("is not UTF-8 text; save it as UTF-8.");
    } catch (IOException e) {
      return failed("cannot be read (" + e.getMessage() + ").");
    }
  }

  private static Content failed(String sentence) {
    return new Content("", Optional.of(sentence), false);
  }
}
