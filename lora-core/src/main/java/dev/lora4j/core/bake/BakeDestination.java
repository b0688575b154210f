package dev.lora4j.core.bake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Destination of the output, and the folder next to it for the unfinished files. */
final class BakeDestination implements AutoCloseable {
  private final SourceFiles files;
  private final Path output;
  private final Path folder;

  private BakeDestination(SourceFiles files, Path output, Path folder) {
    this.files = files;
    this.output = output;
    this.folder = folder;
  }

  /**
   * Checks that the output can be made, and makes the folder next to it.
   *
   * @param bytes that it will take
   */
  static BakeDestination of(SourceFiles files, Path output, long bytes) {
    Path target = output.toAbsolutePath().normalize();
    if (Files.exists(target)
        && (SourceFiles.real(target).equals(SourceFiles.real(files.opened()))
            || files.all().stream()
                .anyMatch(f -> SourceFiles.real(f).equals(SourceFiles.real(target))))) {
      throw new BakeException(output + " is the base itself; name another output.");
    }
    if (files.single()) {
      requireFile(files, output);
    } else {
      requireFolder(output);
    }
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path folder = target.resolveSibling("." + target.getFileName() + "." + mark + ".tmp");
    try {
      Path parent = target.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(folder);
      requireRoom(bytes, folder);
    } catch (IOException e) {
      throw new BakeException(folder + " cannot be made: " + e.getMessage(), e);
    }
    return new BakeDestination(files, target, folder);
  }

  private static void requireFile(SourceFiles files, Path output) {
    if (Files.isDirectory(output)) {
      throw new BakeException(
          output + " is a folder, but the base " + files.opened() + " is one file; name a file.");
    }
  }

  private static void requireFolder(Path output) {
    if (output.toString().endsWith(".safetensors") || Files.isRegularFile(output)) {
      throw new BakeException(output + " is a file, but the base is a folder; name a folder.");
    }
    if (!Files.isDirectory(output)) {
      return;
    }
    try (Stream<Path> inside = Files.list(output)) {
      if (inside.findAny().isPresent()) {
        throw new BakeException(output + " is there already and not empty; name another folder.");
      }
    } catch (IOException e) {
      throw new BakeException(output + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void requireRoom(long bytes, Path folder) throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace();
    if (room < bytes) {
      Files.delete(folder);
      throw new BakeException(
          "The output takes "
              + (bytes >> 20)
              + " MiB, and "
              + folder.getParent()
              + " has room for "
              + (room >> 20)
              + " MiB.");
    }
  }

  /** Temporary path for a file of the base, or for the path that the base was opened by. */
  Path temporary(Path file) {
    if (files.single()) {
      return folder.resolve(output.getFileName());
    }
    Path root = files.root().toAbsolutePath().normalize();
    return folder.resolve(root.relativize(file.toAbsolutePath().normalize()));
  }

  void commit() {
    try {
      if (files.single()) {
        Files.move(temporary(files.opened()), output, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.deleteIfExists(output);
        Files.move(folder, output, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new BakeException(output + " cannot be put in place: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : all) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new BakeException(folder + " is left over and can be deleted: " + e.getMessage(), e);
    }
  }
}
