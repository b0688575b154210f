package dev.lora4j.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that a copy which was not finished left. */
final class LeftFolders {
  private LeftFolders() {}

  /** Removes folders by the beginning and ending of their names, as far as that is possible. */
  static void remove(Path root, String beginning, String ending) {
    try (Stream<Path> all = Files.list(root)) {
      for (Path one : all.toList()) {
        String name = one.getFileName().toString();
        if (name.startsWith(beginning) && name.endsWith(ending)) {
          delete(one);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Tidying is a courtesy; if the folder is unusable, the copy itself fails.
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepest = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepest) {
        Files.deleteIfExists(path);
      }
    }
  }
}
