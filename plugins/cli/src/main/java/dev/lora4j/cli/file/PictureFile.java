package dev.lora4j.cli.file;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** Reads pictures that a user names, under the same limits as those of training sets. */
public final class PictureFile {
  private PictureFile() {}

  /** The picture in a file, as it is to be looked at. */
  public static BufferedImage read(Path file) {
    try {
      return dev.lora4j.diffusion.dataset.image.PictureFile.read(file).decodeAnySize().image();
    } catch (PictureFileException e) {
      throw new Failure(file + " " + e.sentence(), e);
    }
  }
}
