package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.spi.NearestNames;
import dev.lora4j.text.model.TextModelOutline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A base as people name it: a model's folder or file, or a kind such as {@code sdxl}. */
public final class BaseName {
  private BaseName() {}

  /** The layers of the base, and what they are called. */
  public static Family family(String text) {
    List<Family> families = Families.all();
    Optional<Family> named = families.stream().filter(f -> f.name().equals(text)).findFirst();
    if (named.isPresent()) {
      return named.get();
    }
    if (!Files.exists(Path.of(text)) && text.matches("\\w+")) {
      List<String> kinds = families.stream().map(Family::name).toList();
      List<String> nearest = NearestNames.near(text, kinds, 1);
      throw Failure.usage(
          "There is no kind of base and no folder "
              + text
              + "."
              + (nearest.isEmpty() ? "" : " Did you mean " + nearest.get(0) + "?")
              + " Kinds are "
              + String.join(", ", kinds)
              + ".");
    }
    Path path = ExistingPath.any(Path.of(text));
    if (GgufFile.named(path) && !Files.isDirectory(path)) {
      return TextModelOutline.layers(path, String.valueOf(path.getFileName()), 0);
    }
    try (BaseCheckpoint model = BaseCheckpoint.open(path)) {
      return BaseLayers.of(model);
    }
  }
}
