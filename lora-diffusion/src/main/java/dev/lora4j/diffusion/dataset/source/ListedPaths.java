package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pictures that the names in a {@link CaptionList} mean. A path means the picture that is there,
 * counted from the folder of the pictures or from that of the list. One that leads nowhere, as
 * those of another machine, means the picture whose path ends most like it.
 */
public final class ListedPaths {
  private final Path folder;
  private final Path list;
  private final Map<String, List<String>> byLast = new HashMap<>();

  /**
   * The names of a list.
   *
   * @param list where it is
   * @param names in it
   */
  public ListedPaths(DataSource source, Path list, Iterable<String> names) {
    this.folder = source.folder().toAbsolutePath().normalize();
    this.list = list.toAbsolutePath().normalize();
    names.forEach(
        name -> byLast.computeIfAbsent(last(Path.of(name)), n -> new ArrayList<>()).add(name));
  }

  /** Pictures that are named by their paths in folders within that of the pictures. */
  public List<Path> pictures() {
    // Where the list itself stands for a folder, all that it names are meant.
    boolean all = folder.equals(list);
    return byLast.values().stream()
        .flatMap(List::stream)
        .flatMap(this::places)
        .filter(place -> all || (place.startsWith(folder) && !folder.equals(place.getParent())))
        .filter(place -> PictureFile.named(place) && Files.isRegularFile(place))
        .distinct()
        .sorted()
        .toList();
  }

  /** Names that may mean a picture: one, none, or several if that is ambiguous. */
  public List<String> of(Path picture) {
    Path file = picture.toAbsolutePath().normalize();
    List<String> named = byLast.getOrDefault(last(file), List.of());
    List<String> unended = byLast.getOrDefault(stem(last(file)), List.of());
    for (List<String> some : List.of(named, unended)) {
      for (String name : some) {
        if (places(name).anyMatch(place -> same(place, file))) {
          return List.of(name);
        }
      }
    }
    List<String> left =
        Stream.concat(named.stream(), unended.stream())
            .filter(name -> places(name).noneMatch(Files::isRegularFile))
            .toList();
    int most = left.stream().mapToInt(name -> alike(Path.of(name), file)).max().orElse(0);
    return left.stream().filter(name -> alike(Path.of(name), file) == most).toList();
  }

  /** Path that a name of this folder's pictures leads to, if there is no such file. */
  public Optional<Path> missing(String name) {
    boolean here = folder.equals(list) || places(name).anyMatch(p -> p.startsWith(folder));
    return here && places(name).noneMatch(Files::exists)
        ? places(name).findFirst()
        : Optional.empty();
  }

  private Stream<Path> places(String name) {
    Path beside = list.resolveSibling(name).normalize();
    return folder.equals(list)
        ? Stream.of(beside)
        : Stream.of(folder.resolve(name).normalize(), beside).distinct();
  }

  private static boolean same(Path place, Path picture) {
    return place.equals(picture) || place.equals(picture.resolveSibling(stem(last(picture))));
  }

  /** Number of last path elements that two paths share, the file name's place included. */
  private static int alike(Path name, Path picture) {
    int count = 1;
    while (count < Math.min(name.getNameCount(), picture.getNameCount())
        && name.getName(name.getNameCount() - 1 - count)
            .equals(picture.getName(picture.getNameCount() - 1 - count))) {
      count++;
    }
    return count;
  }

  private static String last(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
