package dev.lora4j.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Packages of compiled classes. */
final class Packages {
  private Packages() {}

  /** The names of those that have a class below a folder. */
  static Set<String> below(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".class") && !f.getParent().equals(folder))
          .map(f -> folder.relativize(f.getParent()).toString().replace('\\', '/'))
          .map(f -> f.replace('/', '.'))
          .filter(f -> !f.startsWith("META-INF"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
