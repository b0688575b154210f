package dev.lora4j.cli.file;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Paths that have to exist; if one does not, the error names the nearest that does. */
public final class ExistingPath {
  private ExistingPath() {}

  /** Returns {@code path} if it is a file that can be read. */
  public static Path file(Path path) {
    if (Files.isDirectory(path)) {
      throw new Failure(path + " is a folder; a file is expected here.");
    }
    return readable(path, "file");
  }

  /** Returns {@code path} if it is a folder that can be read. */
  public static Path folder(Path path) {
    if (Files.isRegularFile(path)) {
      throw new Failure(path + " is a file; a folder is expected here.");
    }
    return readable(path, "folder");
  }

  /** Returns {@code path} if it is there. */
  public static Path any(Path path) {
    return readable(path, "file or folder");
  }

  private static Path readable(Path path, String kind) {
    if (!Files.exists(path)) {
      String hint = nearest(path).map(p -> " Did you mean " + p + "?").orElse("");
      throw new Failure("There is no " + kind + " " + path + "." + hint);
    }
    if (!Files.isRegularFile(path) && !Files.isDirectory(path)) {
      // Opening a pipe would wait for whoever writes into it, and a device has no end.
      throw new Failure(
          path + " is a pipe, a socket or a device; a " + kind + " is expected here.");
    }
    if (!Files.isReadable(path)) {
      throw new Failure("Permission to read " + path + " is denied.");
    }
    return path;
  }

  private static Optional<Path> nearest(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return path.getParent() == null ? Optional.empty() : nearest(path.getParent());
    }
    String wanted = name(path);
    try (Stream<Path> beside = Files.list(parent)) {
      return beside
          .filter(p -> !name(p).startsWith(".") && near(wanted, name(p)))
          .min(
              Comparator.<Path>comparingInt(p -> NearestNames.edits(wanted, name(p)))
                  .thenComparing(p -> p))
          .map(p -> path.resolveSibling(p.getFileName()));
    } catch (IOException e) {
      // The suggestion is a courtesy; the caller's sentence stands without it.
      return Optional.empty();
    }
  }

  /** An ending that both have is no likeness. */
  private static boolean near(String wanted, String there) {
    int dot = wanted.lastIndexOf('.');
    String ending = dot > 0 ? wanted.substring(dot) : "";
    return there.endsWith(ending)
        ? NearestNames.near(stem(wanted, ending), stem(there, ending))
        : NearestNames.near(wanted, there);
  }

  private static String stem(String name, String ending) {
    return name.substring(0, name.length() - ending.length());
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
  }
}
