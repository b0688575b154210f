package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of one folder with one ending, by their names without it, and perhaps some of its
 * folders. A name is looked up among those that are there, so that none can lead elsewhere.
 */
public final class FilesByName {
  private final Path folder;
  private final Map<String, Path> byName = new TreeMap<>();

  public FilesByName(Path folder, String ending) {
    this(folder, ending, f -> false);
  }

  /**
   * Also with those folders of it that {@code wanted} takes; a file of the same name goes before.
   */
  public FilesByName(Path folder, String ending, Predicate<Path> wanted) {
    this.folder = folder;
    try (Stream<Path> inside = Files.list(folder)) {
      List<Path> all = inside.toList();
      all.stream()
          .filter(f -> Files.isDirectory(f) && wanted.test(f))
          .forEach(f -> byName.put(String.valueOf(f.getFileName()), f));
      all.stream()
          .filter(f -> f.getFileName().toString().endsWith(ending) && Files.isRegularFile(f))
          .forEach(f -> byName.put(name(f, ending), f));
    } catch (IOException e) {
      throw new Failure("The folder " + folder + " cannot be read: " + ErrorExplanation.of(e), e);
    }
  }

  private static String name(Path file, String ending) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - ending.length());
  }

  public Path folder() {
    return folder;
  }

  /** All of them, sorted by name. */
  public Map<String, Path> all() {
    return Collections.unmodifiableMap(byName);
  }

  /** The file called {@code name}, if there is one. */
  public Optional<Path> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Up to three names that may have been meant by {@code name}. */
  public List<String> nearest(String name) {
    return NearestNames.near(name, byName.keySet(), 3);
  }
}
