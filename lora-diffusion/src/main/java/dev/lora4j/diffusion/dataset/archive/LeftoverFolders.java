package dev.lora4j.diffusion.dataset.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Hidden folders that pictures are unpacked to, and that killed processes leave. */
final class LeftoverFolders {
  private static final String ENDING = ".tmp";

  /** One that works adds a file every few milliseconds. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private LeftoverFolders() {}

  /** A hidden folder beside one that is to be. */
  static Path name(Path place, String mark) {
    return place.resolveSibling("." + place.getFileName() + "." + mark + ENDING);
  }

  /** Removes those in a folder that were not touched for an hour; what cannot be removed stays. */
  static void remove(Path root) {
    Instant limit = Instant.now().minus(ABANDONED);
    try (Stream<Path> all = Files.list(root)) {
      for (Path one : all.filter(LeftoverFolders::hidden).toList()) {
        if (touched(one).isBefore(limit)) {
          delete(one);
        }
      }
    } catch (IOException e) {
      // Tidying is a courtesy; if the folder is unusable, the unpacking itself fails.
    }
  }

  private static boolean hidden(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(".") && name.endsWith(ENDING);
  }

  /** When the folder, or one within it, got or lost a file last. */
  private static Instant touched(Path folder) throws IOException {
    Instant last = Files.getLastModifiedTime(folder).toInstant();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path one : all.toList()) {
        Instant own = Files.getLastModifiedTime(one).toInstant();
        last = own.isAfter(last) ? own : last;
      }
    }
    return last;
  }

  /** Removes a folder and all in it, as far as that is possible. */
  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepest = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepest) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // The next unpacking removes what is left.
    }
  }
}
