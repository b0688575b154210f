package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Files to be written; what would fail at the end of long work is found before it begins. */
public final class OutputFile {
  private OutputFile() {}

  /** Makes the folder of {@code file} if need be, and checks that it can be written. */
  public static void require(Path file, String ending) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(ending)) {
      throw Failure.usage(
          "The output is a " + ending + " file, so its name must end so; found " + file + ".");
    }
    if (Files.isDirectory(file)) {
      throw new Failure(file + " is a folder; name a file to write.");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new Failure(file + " is a pipe, a socket or a device; name a file to write.");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      folder(folder);
    }
  }

  /**
   * Refuses to write over what is read.
   *
   * @param what the file read is to the command, for example {@code the mask}
   */
  public static void requireOther(Path file, Path read, String what) {
    try {
      if (Files.exists(file) && Files.exists(read) && Files.isSameFile(file, read)) {
        throw new Failure(
            file + " is " + what + ", and would be written over. Name another file to write.");
      }
    } catch (IOException e) {
      throw new Failure(file + " cannot be looked at: " + ErrorExplanation.of(e), e);
    }
  }

  /** Makes the folder around a folder that is to be written, and checks that it can be written. */
  public static void around(Path folder) {
    folder(folder.toAbsolutePath().resolveSibling("."));
  }

  /** Makes the folder around a folder that is to be written, which must not hold anything yet. */
  public static void freshFolder(Path folder) {
    around(folder);
    String[] content = folder.toFile().list();
    boolean empty = Files.notExists(folder) || (content != null && content.length == 0);
    if (!empty) {
      throw new Failure(
          folder + " is there already and not empty. Name another folder, or remove it first.");
    }
  }

  /** Makes a folder if need be, and checks that it can be written. */
  public static void folder(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new Failure(folder + " is no folder, so nothing can be written in it.");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Failure("The folder " + folder + " cannot be made: " + ErrorExplanation.of(e), e);
    }
    if (!Files.isWritable(folder)) {
      throw new Failure("Permission to write in " + folder + " is denied.");
    }
  }

  /** Writes a text file, whole or not at all. */
  public static void text(Path file, String text) {
    try {
      AtomicFile.write(file, text);
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + ErrorExplanation.of(e), e);
    }
  }

  /**
   * {@code out.png} itself if it is the only one, else {@code out-1.png}, {@code out-02.png} ...
   */
  public static Path numbered(Path file, int index, int total) {
    if (total == 1) {
      return file;
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    int digits = Integer.toString(total).length();
    String number = String.format(Locale.ROOT, "-%0" + digits + "d", index + 1);
    return file.resolveSibling(name.substring(0, dot) + number + name.substring(dot));
  }

  /** A file beside {@code file} with its name's ending replaced. */
  public static Path beside(Path file, String ending) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
  }
}
