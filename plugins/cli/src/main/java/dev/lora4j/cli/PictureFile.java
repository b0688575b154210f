package dev.lora4j.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;

/** Reads pictures that a user names. */
final class PictureFile {
  private PictureFile() {}

  /** The picture in a file. */
  static BufferedImage read(Path file) {
    try {
      return Optional.ofNullable(ImageIO.read(file.toFile()))
          .orElseThrow(
              () ->
                  new Failure(
                      file + " is no picture that can be read; PNG, JPEG, GIF and BMP can."));
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + Explanation.of(e), e);
    }
  }
}
