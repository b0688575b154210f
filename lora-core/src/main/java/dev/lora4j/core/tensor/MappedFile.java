package dev.lora4j.core.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * A mapped file that tensors are views of, in its state at mapping.
 *
 * <p>If the file became shorter, the system cannot load the missing pages and ends the process with
 * SIGBUS; if it was written to, the numbers change. So each use first checks the file's size and
 * time. A file that was removed, or replaced by another of its name, stays unchanged under its
 * mapping.
 */
final class MappedFile {
  private final Path file;
  private final BasicFileAttributes then;

  private MappedFile(Path file, BasicFileAttributes then) {
    this.file = file;
    this.then = then;
  }

  /**
   * The file that a name stands for now.
   *
   * @throws TensorException if it is no regular file
   */
  static MappedFile of(Path name) {
    try {
      Path file = name.toRealPath(); // A link may come to lead to another file.
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      if (!found.isRegularFile()) {
        throw new TensorException(name + " cannot be mapped: it is no regular file.");
      }
      return new MappedFile(file, found);
    } catch (IOException e) {
      throw new TensorException(name + " cannot be mapped: " + e, e);
    }
  }

  /** Size in bytes. */
  long size() {
    return then.size();
  }

  /**
   * Checks that the mapped file is unchanged.
   *
   * @throws TensorException if it was cut or written to
   */
  void require() {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new TensorException(file + " can no longer be looked at: " + e.getMessage(), e);
    }
    if (!Objects.equals(now.fileKey(), then.fileKey())) {
      return;
    }
    if (now.size() != then.size()) {
      throw changed("it had " + then.size() + " bytes, and now has " + now.size());
    }
    if (!time(now).equals(time(then))) {
      throw changed("it was written to");
    }
  }

  /**
   * Truncates a time to microseconds, as some systems keep no more when other times of a file are
   * set.
   */
  private static Object time(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS);
  }

  private TensorException changed(String how) {
    return new TensorException(
        file
            + " was changed while it was in use: "
            + how
            + ". Weights are read from it as they are needed, so what is loaded cannot be used any"
            + " more. Load it again, and replace such files by renaming, as 'mv' does.");
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
