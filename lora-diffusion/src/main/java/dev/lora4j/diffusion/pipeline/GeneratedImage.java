package dev.lora4j.diffusion.pipeline;

import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** A picture and what it was made from. */
public record GeneratedImage(BufferedImage image, Prompt prompt) {
  /** Writes a PNG that carries its prompt, seed and adapters as text. */
  public void save(Path file) {
    PngFile.write(file, image, Infotext.of(prompt));
  }
}
