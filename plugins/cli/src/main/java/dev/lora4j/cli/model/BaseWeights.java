package dev.lora4j.cli.model;

import dev.lora4j.core.format.Components;
import dev.lora4j.core.model.KnownHashes;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The weights of a base on disk, in the order that a loaded one hashes them in. */
public final class BaseWeights {
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
        Stream.of(
                folders(base, Components.denoisers()).limit(1),
                folders(base, List.of("vae")),
                folders(base, Components.textEncoders()))
            .flatMap(each -> each)
            .toList();
    List<Path> folders = parts.isEmpty() ? List.of(base) : parts;
    return folders.stream().flatMap(folder -> WeightFiles.of(folder).stream()).toList();
  }

  private static Stream<Path> folders(Path base, List<String> names) {
    return names.stream().map(base::resolve).filter(Files::isDirectory);
  }
}
