package dev.lora4j.diffusion.dataset;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A folder of pictures, each with its caption in a text file of the same name ({@code fox.png},
 * {@code fox.txt}); a picture without one is captioned by its own name.
 */
public final class PictureFolder {
  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

  private PictureFolder() {}

  /**
   * Reads all pictures, in the order of their names, fitted to one size on white.
   *
   * @throws IllegalArgumentException if the folder or a picture cannot be used; the message names
   *     it
   */
  public static List<Picture> read(Path folder, int width, int height) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          folder
              + " is no folder; expected one with pictures ("
              + String.join(", ", sorted())
              + ").");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files = entries.filter(PictureFolder::picture).sorted().toList();
      if (files.isEmpty()) {
        throw new IllegalArgumentException(
            folder + " holds no pictures (" + String.join(", ", sorted()) + ").");
      }
      List<Picture> pictures = new ArrayList<>();
      for (Path file : files) {
        pictures.add(
            Picture.of(file.toString(), caption(file), image(file), width, height, Color.WHITE));
      }
      return pictures;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  private static List<String> sorted() {
    return ENDINGS.stream().sorted().toList();
  }

  private static boolean picture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private static BufferedImage image(Path file) throws IOException {
    try {
      return Optional.ofNullable(ImageIO.read(file.toFile()))
          .orElseThrow(
              () -> new IllegalArgumentException(file + " is named like a picture but is none."));
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          file + " cannot be read as a picture (" + e.getMessage() + "); repair or remove it.", e);
    }
  }

  private static String caption(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    String stem = name.substring(0, name.lastIndexOf('.'));
    Path text = file.resolveSibling(stem + ".txt");
    if (!Files.exists(text)) {
      return stem.replace('_', ' ').replace('-', ' ').strip();
    }
    try {
      return Files.readString(text).strip();
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(text + " is not UTF-8 text; save it as UTF-8.", e);
    }
  }
}
