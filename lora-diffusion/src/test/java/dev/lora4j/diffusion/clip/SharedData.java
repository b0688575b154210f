package dev.lora4j.diffusion.clip;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of data that is not in the repository; only tests tagged {@code shared-data} ask. */
final class SharedData {
  private SharedData() {}

  /** A file under {@code shared/data}, which lies beside the working folder or one above it. */
  static Path file(String name) {
    String given = System.getProperty("lora4j.shared-data", "");
    if (!given.isEmpty() && Files.exists(Path.of(given, name))) {
      return Path.of(given, name);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path file = folder.resolve("shared/data").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
      folder = folder.getParent();
    }
    throw new AssertionError("no shared/data/" + name + " beside the working folder or above it");
  }
}
