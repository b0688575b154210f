package dev.lora4j.cli.model;

import dev.lora4j.core.model.KnownHashes;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The weights of a base on disk, in the order that a loaded one hashes them in. */
public final class BaseWeights {
  private static final List<List<String>> PARTS =
      List.of(
          List.of("unet", "transformer"),
          List.of("vae"),
          List.of("text_encoder"),
          List.of("text_encoder_2"),
          List.of("text_encoder_3"));

  private BaseWeights() {}

  /** Their SHA-256 as headers of adapters have it; empty where the folder has none. */
  public static Optional<String> hash(Path base) {
    try {
      List<Path> files = files(base);
      return files.isEmpty() ? Optional.empty() : Optional.of(KnownHashes.ofUser().of(files));
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  private static List<Path> files(Path base) {
    if (!Files.isDirectory(base)) {
      return List.of(base);
    }
    List<Path> parts =
        PARTS.stream()
            .flatMap(names -> names.stream().map(base::resolve).filter(Files::isDirectory).limit(1))
            .toList();
    List<Path> folders = parts.isEmpty() ? List.of(base) : parts;
    return folders.stream().flatMap(folder -> WeightFiles.of(folder).stream()).toList();
  }
}
