package dev.lora4j.core.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A hidden folder next to a place, for files that are not whole yet. The place gets all of them at
 * once, or one of them; what it did not get is removed when this closes.
 */
public final class StagedFolder implements AutoCloseable {
  private final Path place;
  private final Path folder;

  private StagedFolder(Path place, Path folder) {
    this.place = place;
    this.folder = folder;
  }

  /**
   * Makes the folder, in the folder that the place is in.
   *
   * @throws IOException if that is not there, or nothing can be made in it
   */
  public static StagedFolder beside(Path place) throws IOException {
    Path target = place.toAbsolutePath().normalize();
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path folder = target.resolveSibling("." + target.getFileName() + "." + mark + ".tmp");
    Files.createDirectory(folder);
    return new StagedFolder(target, folder);
  }

  /** True if a place has something else than an empty folder, which a folder cannot replace. */
  public static boolean taken(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return Files.exists(place);
    }
    try (Stream<Path> inside = Files.list(place)) {
      return inside.findAny().isPresent();
    }
  }

  /** The folder, while it is not in its place. */
  public Path path() {
    return folder;
  }

  /** A sentence that says so, if there is no room for so many bytes. */
  public Optional<String> shortage(long bytes) throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace();
    return room < bytes
        ? Optional.of(
            "The output takes %d MiB, and %s has room for %d MiB."
                .formatted(bytes >> 20, folder.getParent(), room >> 20))
        : Optional.empty();
  }

  /** Puts the folder in its place, in which there is nothing or an empty folder. */
  public void commit() throws IOException {
    Files.deleteIfExists(place);
    Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Puts a file of it in the place, instead of the folder and of a file that is there. */
  public void commit(Path file) throws IOException {
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what was not put in its place. */
  @Override
  public void close() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> walk = Files.walk(folder)) {
        List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
        for (Path path : all) {
          Files.delete(path);
        }
      }
    }
  }
}
