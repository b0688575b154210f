package dev.lora4j.core.model.packed;

import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A folder being made next to its place, which it takes when it is whole. */
final class StagedFolder implements AutoCloseable {
  private final Path target;
  private final Path staging;

  private StagedFolder(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * Makes the folder.
   *
   * @param bytes that will be written
   * @throws ModelException if something is in the place, or there is no room
   */
  static StagedFolder of(Path output, long bytes) throws IOException {
    Path target = output.toAbsolutePath().normalize();
    boolean taken = Files.exists(target) && !(Files.isDirectory(target) && empty(target));
    Path parent = target.getParent();
    if (taken || parent == null) {
      throw new ModelException(
          output + " is there already and not empty. Name another folder, or remove it first.");
    }
    Files.createDirectories(parent);
    long room = Files.getFileStore(parent).getUsableSpace();
    if (room < bytes) {
      throw new ModelException(
          "The output takes %d MiB, and %s has room for %d MiB."
              .formatted(bytes >> 20, parent, room >> 20));
    }
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path staging = parent.resolve("." + target.getFileName() + "." + mark + ".tmp");
    Files.createDirectory(staging);
    return new StagedFolder(target, staging);
  }

  private static boolean empty(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    }
  }

  Path path() {
    return staging;
  }

  void commit() throws IOException {
    Files.deleteIfExists(target);
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    if (Files.exists(staging)) {
      try (Stream<Path> walk = Files.walk(staging)) {
        List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
        for (Path path : all) {
          Files.delete(path);
        }
      }
    }
  }
}
