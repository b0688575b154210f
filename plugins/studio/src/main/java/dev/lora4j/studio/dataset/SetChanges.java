package dev.lora4j.studio.dataset;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.server.json.FieldException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Changes of a set's files: captions, and pictures that are taken out. */
final class SetChanges {
  private static final String TEXT = ".txt";

  /** As much as {@code train} reads of a caption. */
  private static final int LONGEST = 1 << 16;

  private SetChanges() {}

  /**
   * Writes a picture's caption to the text file beside it; an empty one removes the file.
   *
   * @throws FieldException if no file can have it
   * @throws IOException if it cannot be written; it is then as it was
   */
  static void caption(Path picture, String caption) throws IOException {
    String text = caption.strip();
    if (text.indexOf('\0') >= 0 || text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new FieldException(
          "caption",
          "caption must be a text of at most "
              + LONGEST
              + " bytes without characters of number 0.");
    }
    Path file = beside(picture);
    if (text.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      AtomicFile.write(file, text + "\n");
    }
  }

  private static Path beside(Path picture) {
    return picture.resolveSibling(PictureName.stem(picture) + TEXT);
  }

  /**
   * Moves a picture and its caption to a hidden folder beside it, where nothing looks.
   *
   * @throws IOException if it cannot be moved
   */
  static void remove(Path picture) throws IOException {
    Path removed = picture.resolveSibling(PictureSet.REMOVED);
    Files.createDirectories(removed);
    String ending = picture.getFileName().toString().substring(PictureName.stem(picture).length());
    String stem =
        PictureName.of(
            PictureName.stem(picture) + ending,
            name ->
                Files.exists(removed.resolve(name + ending))
                    || Files.exists(removed.resolve(name + TEXT)));
    Path text = beside(picture);
    Files.move(picture, removed.resolve(stem + ending), StandardCopyOption.ATOMIC_MOVE);
    if (Files.exists(text)) {
      Files.move(text, removed.resolve(stem + TEXT), StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
