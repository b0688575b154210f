package dev.lora4j.cli.model;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.List;

/** The models that come with the program, and what the quickstart needs beside them. */
public enum BundledModel {
  /** The base for pictures. */
  PICTURES("the bundled base emoji-sd"),
  /** The language model. */
  TEXTS("the bundled model tiny-lm");

  /** Name of the folder of each base. */
  private static final String FOLDER = "base";

  private final String title;

  BundledModel(String title) {
    this.title = title;
  }

  private Path place() {
    return switch (this) {
      case PICTURES -> EmojiSd.folder();
      case TEXTS -> TinyLm.folder();
    };
  }

  /** Bundled bases that the header of an adapter may mean by a name. */
  public static List<BundledModel> called(String name) {
    return name.equals(FOLDER) ? List.of(values()) : List.of();
  }

  /** SHA-256 of its weights, as headers of adapters have it. */
  public String hash() {
    return BaseWeights.hash(place()).orElseThrow();
  }

  /** Its layers, which show what adapters fit. */
  public Family family() {
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(place())) {
      Family base = BaseLayers.of(checkpoint);
      return new Family(base.name(), title, base.sites(), base.natives());
    }
  }

  /** The base for pictures, in the folder layout of diffusers. */
  public static Path folder() {
    return EmojiSd.folder();
  }

  /** A folder of captioned pictures in one style. */
  public static Path styleSet() {
    return EmojiSd.styleSet();
  }

  /** A folder of captioned pictures in another style. */
  public static Path pixelSet() {
    return EmojiSd.pixelSet();
  }

  /** An adapter for the base, in another style. */
  public static Path adapter() {
    return EmojiSd.glossy();
  }
}
