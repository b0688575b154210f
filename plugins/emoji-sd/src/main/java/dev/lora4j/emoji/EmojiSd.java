package dev.lora4j.emoji;

import dev.lora4j.core.model.BundledFiles;
import java.nio.file.Path;
import java.util.List;

/**
 * The bundled base model: pictograms of 64x64 pixels. Its files are unpacked once, below {@code
 * LORA4J_HOME} or {@code ~/.lora4j}, to a folder named after their content.
 */
public final class EmojiSd {
  private static final BundledFiles BUNDLE = new BundledFiles(EmojiSd.class, "emoji-sd");

  private EmojiSd() {}

  /** The model, in the folder layout of diffusers. */
  public static Path folder() {
    return BUNDLE.unpacked().resolve("base");
  }

  /** Pictures in the style of ink drawings, each with its caption. */
  public static Path styleSet() {
    return BUNDLE.unpacked().resolve("ink");
  }

  /** Pictures in the style of pixel art, each with its caption. */
  public static Path pixelSet() {
    return BUNDLE.unpacked().resolve("pixel");
  }

  /** Folder of the judges of pictures. */
  public static JudgeFolder judge() {
    return new JudgeFolder(BUNDLE.unpacked().resolve("judge"));
  }

  /** An adapter in the style of glossy objects. */
  public static Path glossy() {
    return adapter("glossy");
  }

  /** An adapter for pictures in four steps, alone or beside styles. */
  public static Path fast() {
    return adapter("fast");
  }

  /** Names of the adapters of the model. */
  public static List<String> adapters() {
    return List.of("fast", "glossy");
  }

  /**
   * An adapter by its name.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Path adapter(String name) {
    if (!adapters().contains(name)) {
      throw new IllegalArgumentException(
          "There is no bundled adapter '"
              + name
              + "'. There are "
              + String.join(", ", adapters())
              + ".");
    }
    return BUNDLE.unpacked().resolve("adapters").resolve(name + ".safetensors");
  }
}
