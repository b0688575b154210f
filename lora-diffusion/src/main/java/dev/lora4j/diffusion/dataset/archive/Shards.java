package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The archives that a path of a data set stands for.
 *
 * @param from the path itself: a file, or a folder of shards
 * @param kind name of the {@link PictureArchive}
 * @param archive that reads them
 * @param files in the order of their names
 * @param notes about files that are left out, to be read after the path
 */
public record Shards(
    Path from, String kind, PictureArchive archive, List<Path> files, List<String> notes) {
  /** Kinds that plug-ins of this project read, by their endings, for errors that name them. */
  private static final Map<String, String> BY_PLUGIN = Map.of(".parquet", "parquet");

  /** Copies the lists. */
  public Shards {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /**
   * Looks for archives.
   *
   * @param listed whether a folder has a list of captions that names its pictures, which are then
   *     in no archives
   * @return empty where the path is an ordinary folder of pictures, or nothing that is known
   * @throws ArchiveException if they cannot be told apart
   * @throws dev.lora4j.spi.ExtensionException if a plug-in is missing; it is named
   */
  public static Optional<Shards> of(Path path, boolean listed) throws IOException {
    if (Files.isRegularFile(path)) {
      Map<String, List<Path>> one = byKind(List.of(path));
      return one.isEmpty() ? Optional.empty() : Optional.of(shards(path, one, List.of()));
    }
    if (listed || !Files.isDirectory(path)) {
      return Optional.empty();
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(path)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    if (files.stream().anyMatch(PictureFile::named)) {
      return Optional.empty();
    }
    Map<String, List<Path>> kinds = byKind(files);
    if (kinds.size() > 1) {
      throw new ArchiveException(
          "holds archives of several kinds, "
              + String.join(" and ", kinds.keySet())
              + "; name one file, or a folder for each kind.");
    }
    List<String> notes = new ArrayList<>();
    for (Map.Entry<String, List<Path>> one : kinds.entrySet()) {
      one.setValue(ShardName.training(one.getValue(), notes));
    }
    return kinds.isEmpty() ? Optional.empty() : Optional.of(shards(path, kinds, notes));
  }

  private static Shards shards(Path from, Map<String, List<Path>> kinds, List<String> notes) {
    Map.Entry<String, List<Path>> one = kinds.entrySet().iterator().next();
    PictureArchive archive = Extensions.installed().shared(PictureArchive.class, one.getKey());
    return new Shards(from, one.getKey(), archive, one.getValue(), notes);
  }

  /** Number of archives among the files of a folder. */
  public static long count(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return byKind(all.filter(Files::isRegularFile).toList()).values().stream()
          .mapToLong(List::size)
          .sum();
    }
  }

  private static Map<String, List<Path>> byKind(List<Path> files) {
    Map<String, String> endings = new TreeMap<>(BY_PLUGIN);
    Extensions.installed()
        .shared(PictureArchive.class)
        .forEach(
            (name, archive) ->
                Extensions.installed()
                    .ask(archive, archive::endings, List.<String>of())
                    .forEach(ending -> endings.put(ending, name)));
    Map<String, List<Path>> kinds = new TreeMap<>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      endings.entrySet().stream()
          .filter(ending -> !name.startsWith(".") && name.endsWith(ending.getKey()))
          .findFirst()
          .ifPresent(
              ending -> kinds.computeIfAbsent(ending.getValue(), k -> new ArrayList<>()).add(file));
    }
    return kinds;
  }

  /** Name of what they hold, for a folder: that of the path without its ending. */
  String name() {
    String name = String.valueOf(from.toAbsolutePath().normalize().getFileName());
    return Files.isDirectory(from) ? name : ShardName.stem(name, archive.endings());
  }

  /** Bytes of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
