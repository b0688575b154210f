package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files that lie beside adapters and are called as they are, as other programs put them there. Each
 * folder is listed once, however many adapters it has.
 */
final class Neighbours {
  private final Map<Path, Set<String>> folders = new HashMap<>();

  /**
   * The first of these files that there is beside an adapter. A link is none: it could show what is
   * not for pages.
   *
   * @param endings what follows the adapter's name, such as {@code .preview.png}
   */
  Optional<Path> find(AdapterFile adapter, List<String> endings) {
    Path stem = AdapterPlaces.stem(adapter);
    Set<String> names = names(stem.resolveSibling(".").normalize());
    return endings.stream()
        .map(ending -> stem.getFileName() + ending)
        .filter(names::contains)
        .map(stem::resolveSibling)
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  /** Returns true if a training has left its folder beside an adapter. */
  boolean run(AdapterFile adapter) {
    Path stem = AdapterPlaces.stem(adapter);
    return names(stem.resolveSibling(".").normalize()).contains(stem.getFileName() + ".run");
  }

  private Set<String> names(Path folder) {
    return folders.computeIfAbsent(folder, Neighbours::list);
  }

  private static Set<String> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      return Set.of();
    }
  }
}
