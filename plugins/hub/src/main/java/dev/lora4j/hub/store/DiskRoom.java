package dev.lora4j.hub.store;

import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Room on a disk. */
final class DiskRoom {
  /** Left for notes, and for others. */
  private static final long SPARE = 32L << 20;

  private static final double MEGABYTE = 1e6;

  private DiskRoom() {}

  /**
   * Passes if so many bytes fit.
   *
   * @throws HubException if they do not
   */
  static void require(Path folder, long bytes, String name) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (bytes > usable - SPARE) {
      throw new HubException(
          "The disk of "
              + folder
              + " has room for "
              + megabytes(Math.max(0, usable - SPARE))
              + ", and "
              + name
              + " needs "
              + megabytes(bytes)
              + ". Make room, or take another folder by --to.");
    }
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
  }
}
