package dev.lora4j.diffusion.dataset.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much is free where pictures are unpacked to. */
interface DiskSpace {
  /** Bytes that stay free, for what else is written. */
  long RESERVE = 1L << 30;

  /** That of the disk itself. */
  DiskSpace OF_DISK = folder -> Files.getFileStore(folder).getUsableSpace();

  /** Bytes that this user can still write into a folder. */
  long free(Path folder) throws IOException;

  /**
   * Checks that so many bytes can be written.
   *
   * @throws ArchiveException if not, with what to do
   */
  default void require(Path folder, long bytes) throws IOException {
    long free = free(folder);
    if (free - RESERVE < bytes) {
      throw new ArchiveException(
          "cannot be unpacked to "
              + folder
              + ": it takes about "
              + megabytes(bytes)
              + " and "
              + megabytes(RESERVE)
              + " stay free, but the disk has "
              + megabytes(free)
              + ". Make room, or set LORA4J_HOME to a folder on a larger disk.");
    }
  }

  private static String megabytes(long bytes) {
    return (bytes + 999_999) / 1_000_000 + " MB";
  }
}
