package dev.lora4j.server.library;

import dev.lora4j.core.format.reading.AdapterFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The walk through an owner's folders that finds adapters by name. It reads no file. What begins
 * with a dot is left out, and so is what leaves the owner's folders and the shared ones by a
 * symbolic link.
 */
final class FolderScan {
  private static final String ENDING = ".safetensors";
  private static final int DEEPEST = 16;

  /** Links from folder to folder can make many paths of few files. */
  private static final int MOST = 1_000_000;

  private final Territories territories;
  private final Tenant owner;
  private final Consumer<String> notes;
  private final SortedMap<String, AdapterFile> found = new TreeMap<>();
  private final Set<Path> above = new HashSet<>();
  private int seen;

  private FolderScan(Territories territories, Tenant owner, Consumer<String> notes) {
    this.territories = territories;
    this.owner = owner;
    this.notes = notes;
  }

  /** The adapters of an owner by name; of two with one name that of the first folder. */
  static SortedMap<String, AdapterFile> of(
      Territories territories, Tenant owner, Consumer<String> notes) {
    FolderScan scan = new FolderScan(territories, owner, notes);
    for (Path folder : territories.folders(owner)) {
      scan.walk(folder, folder, "");
    }
    return scan.found;
  }

  private void walk(Path folder, Path real, String prefix) {
    if (!above.add(real)) {
      return;
    }
    List<Path> inside;
    try (Stream<Path> all = Files.list(folder)) {
      inside = all.sorted().toList();
    } catch (IOException e) {
      notes.accept("The folder " + folder + " cannot be read: " + e.getMessage());
      inside = List.of();
    }
    // A file goes before a folder of the same name.
    inside.stream().filter(p -> name(p).endsWith(ENDING)).forEach(p -> file(p, prefix));
    inside.forEach(p -> folder(p, prefix));
    above.remove(real);
  }

  private void file(Path path, String prefix) {
    if (!name(path).startsWith(".") && Files.isRegularFile(path)) {
      String name = name(path);
      add(prefix + name.substring(0, name.length() - ENDING.length()), path);
    }
  }

  private void folder(Path path, String prefix) {
    if (name(path).startsWith(".") || !Files.isDirectory(path) || full()) {
      return;
    }
    try {
      Path real = path.toRealPath();
      if (!territories.allows(owner, real)) {
        link(path);
      } else if (AdapterFiles.folder(real) && add(prefix + name(path), path)) {
        return;
      } else if (above.size() < DEEPEST) {
        walk(path, real, prefix + name(path) + "/");
      }
    } catch (IOException e) {
      notes.accept("The folder " + path + " cannot be read: " + e.getMessage());
    }
  }

  /** Returns true if the path is an adapter, even if an earlier one has its name. */
  private boolean add(String name, Path path) {
    if (full()) {
      return false;
    }
    Optional<AdapterFile> file =
        AdapterExamination.of(territories, new AdapterKey(owner, name), path);
    file.ifPresentOrElse(f -> found.putIfAbsent(name, f), () -> link(path));
    return file.isPresent();
  }

  private boolean full() {
    seen++;
    if (seen == MOST + 1) {
      notes.accept(
          "More than " + MOST + " paths were found; the others are left out. Use smaller roots.");
    }
    return seen > MOST;
  }

  private void link(Path path) {
    if (Files.isSymbolicLink(path)) {
      notes.accept(
          "The symbolic link "
              + path
              + " is left out, as it leads out of the folders of adapters. Name its target's folder"
              + " as a root, or copy the file.");
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
