package dev.lora4j.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Pictures of the bundled ink style. */
final class InkPictures {
  private static final Path FOLDER =
      Path.of("../emoji-sd/src/main/resources/dev/lora4j/emoji/files/ink");

  private InkPictures() {}

  /** The first of them. */
  static List<Path> some(int count) throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(file -> file.toString().endsWith(".png")).sorted().limit(count).toList();
    }
  }
}
