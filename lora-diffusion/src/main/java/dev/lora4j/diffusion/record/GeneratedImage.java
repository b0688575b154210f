package dev.lora4j.diffusion.record;

import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A picture, what it was made from, and how.
 *
 * @param together the prompts of all pictures that were made at once, of which this is one
 */
public record GeneratedImage(
    BufferedImage image, Prompt prompt, GenerationInfo info, List<Prompt> together) {
  /** Copies the list. */
  public GeneratedImage {
    together = List.copyOf(together);
  }

  /**
   * Writes a PNG that carries as text how it was made, in the form of other tools and in one that
   * {@link PictureRecord#read} takes.
   */
  public void save(Path file) {
    PngFile.write(file, image, texts());
  }

  /** The content of the file that {@link #save} writes. */
  public byte[] png() {
    return PngFile.bytes(image, texts());
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(PngFile.PARAMETERS, infotext());
    texts.put(PictureRecord.KEYWORD, record().json());
    return texts;
  }

  /** How it was made, in the form of other tools. */
  public String infotext() {
    return Infotext.of(prompt, info);
  }

  /** Record of the generation. */
  public PictureRecord record() {
    return PictureRecord.of(prompt, info, together);
  }
}
