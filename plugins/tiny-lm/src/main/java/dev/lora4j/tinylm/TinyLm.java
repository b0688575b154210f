package dev.lora4j.tinylm;

import dev.lora4j.core.model.BundledFiles;
import java.nio.file.Path;

/**
 * The bundled language model: a small LLaMA that was trained on public speeches. Its files are
 * unpacked once, below {@code LORA4J_HOME} or {@code ~/.lora4j}, to a folder named after their
 * content.
 */
public final class TinyLm {
  private static final BundledFiles BUNDLE = new BundledFiles(TinyLm.class, "tiny-lm");

  private TinyLm() {}

  /** The model, in the folder layout of transformers. */
  public static Path folder() {
    return BUNDLE.unpacked().resolve("base");
  }

  /** Chapters of a novel to adapt it to, by another author in another time. */
  public static Path novel() {
    return BUNDLE.unpacked().resolve("novel");
  }

  /** Chapters of the same novel to judge by. */
  public static Path unseen() {
    return BUNDLE.unpacked().resolve("unseen");
  }
}
