package dev.lora4j.core.bake;

import dev.lora4j.core.safetensors.StagedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Destination of the output, and the folder next to it for the unfinished files. */
final class BakeDestination implements AutoCloseable {
  private final SourceFiles files;
  private final Path output;
  private final StagedFolder staged;

  private BakeDestination(SourceFiles files, Path output, StagedFolder staged) {
    this.files = files;
    this.output = output;
    this.staged = staged;
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
    try {
      Path parent = target.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      StagedFolder staged = StagedFolder.beside(target);
      Optional<String> shortage = staged.shortage(bytes);
      if (shortage.isPresent()) {
        staged.close();
        throw new BakeException(shortage.get());
      }
      return new BakeDestination(files, target, staged);
    } catch (IOException e) {
      throw new BakeException(output + " cannot be made: " + e.getMessage(), e);
    }
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
    try {
      if (StagedFolder.taken(output)) {
        throw new BakeException(output + " is there already and not empty; name another folder.");
      }
    } catch (IOException e) {
      throw new BakeException(output + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Temporary path for a file of the base, or for the path that the base was opened by. */
  Path temporary(Path file) {
    if (files.single()) {
      return staged.path().resolve(output.getFileName());
    }
    Path root = files.root().toAbsolutePath().normalize();
    return staged.path().resolve(root.relativize(file.toAbsolutePath().normalize()));
  }

  void commit() {
    try {
      if (files.single()) {
        staged.commit(temporary(files.opened()));
      } else {
        staged.commit();
      }
    } catch (IOException e) {
      throw new BakeException(output + " cannot be put in place: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      staged.close();
    } catch (IOException e) {
      throw new BakeException(
          staged.path() + " is left over and can be deleted: " + e.getMessage(), e);
    }
  }
}
