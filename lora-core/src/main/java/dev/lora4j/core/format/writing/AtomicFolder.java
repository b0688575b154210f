package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Makes a folder with all its files or none: in a folder next to it, which then takes its name. */
final class AtomicFolder {
  private AtomicFolder() {}

  /** Writes the files. */
  @FunctionalInterface
  interface Content {
    void writeTo(Path folder) throws IOException;
  }

  static void write(Path path, Content content) {
    Path folder = path.toAbsolutePath();
    try {
      if (Files.exists(folder) && !(Files.isDirectory(folder) && entries(folder).isEmpty())) {
        throw new AdapterException(
            path + " is there already and not empty. Name another folder, or remove it first.");
      }
      Path parent = folder.getParent();
      if (parent == null) {
        throw new AdapterException(path + " is no folder that can be made; name another.");
      }
      String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
      Path staging = parent.resolve("." + folder.getFileName() + "." + mark + ".tmp");
      Files.createDirectory(staging);
      try {
        content.writeTo(staging);
        Files.deleteIfExists(folder);
        Files.move(staging, folder, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        remove(staging);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
