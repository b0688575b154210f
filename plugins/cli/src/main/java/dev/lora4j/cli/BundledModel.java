package dev.lora4j.cli;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.Checkpoint;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Path;

/** The base model that comes with the program, and what the quickstart needs beside it. */
final class BundledModel {
  private BundledModel() {}

  /** The base model, in the folder layout of diffusers. */
  static Path folder() {
    return EmojiSd.folder();
  }

  /** Its layers, by which adapters for it are known. */
  static Family family() {
    try (Checkpoint checkpoint = Checkpoint.open(folder())) {
      Family base = checkpoint.base();
      return new Family(base.name(), "the bundled base emoji-sd", base.sites(), base.natives());
    }
  }

  /** A folder of captioned pictures in one style. */
  static Path styleSet() {
    return EmojiSd.styleSet();
  }

  /** A folder of captioned pictures in another style. */
  static Path pixelSet() {
    return EmojiSd.pixelSet();
  }

  /** An adapter for the base, in another style. */
  static Path adapter() {
    return EmojiSd.glossy();
  }
}
