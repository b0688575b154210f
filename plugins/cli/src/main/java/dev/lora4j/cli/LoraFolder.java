package dev.lora4j.cli;

import dev.lora4j.core.format.NearestNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The adapters of one folder by name, without {@code .safetensors}. A name is looked up among those
 * that are there, so that none can lead elsewhere.
 */
final class LoraFolder {
  private static final String ENDING = ".safetensors";

  private final Path folder;
  private final Map<String, Path> byName = new TreeMap<>();

  LoraFolder(Path folder) {
    this.folder = folder;
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(f -> f.getFileName().toString().endsWith(ENDING) && Files.isRegularFile(f))
          .forEach(f -> byName.put(name(f), f));
    } catch (IOException e) {
      throw new Failure("The folder " + folder + " cannot be read: " + Explanation.of(e), e);
    }
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - ENDING.length());
  }

  /** The file of the adapter called {@code name}, if there is one. */
  Optional<Path> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The file of the adapter called {@code name}. */
  Path require(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              List<String> near = NearestNames.of(name, byName.keySet(), 3);
              return new Failure(
                  folder
                      + " has no adapter "
                      + Printable.of(name, 80)
                      + (near.isEmpty()
                          ? "; there are none in it."
                          : "; nearest: " + String.join(", ", near) + ".")
                      + " --lora-dir names another folder.");
            });
  }
}
