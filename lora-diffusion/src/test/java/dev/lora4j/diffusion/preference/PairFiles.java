package dev.lora4j.diffusion.preference;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small pictures of pairs, as files. */
public record PairFiles(Path folder) {
  /** Side of the pictures. */
  public static final int SIDE = 64;

  /** Writes pairs number 0 to {@code count - 1}, captioned {@code thing 0} and so on. */
  public static PairFiles of(Path folder, int count) {
    PairFiles files = new PairFiles(folder);
    for (int i = 0; i < count; i++) {
      files.picture("better/p" + i + ".png", SIDE, SIDE, 0x2030c0 + 0x110000 * (i % 10));
      files.picture("worse/p" + i + ".png", SIDE, SIDE, 0xc03020 + 0x11 * (i % 10));
      files.text("better/p" + i + ".txt", "thing " + i);
    }
    return files;
  }

  /** Writes a picture of two colours. */
  public Path picture(String name, int width, int height, int rgb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x + y < width ? rgb : 0xffffff);
      }
    }
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(file.resolveSibling("."));
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** Writes a text. */
  public Path text(String name, String content) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(file.resolveSibling("."));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
