package dev.lora4j.core.safetensors;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file as a whole: whoever opens it sees the old content or the new, whenever the
 * process dies. A process that is killed may leave a hidden {@code .tmp} file beside it.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes {@code content} to a temporary file beside {@code target}, forces it to the disk, and
   * renames it.
   *
   * @throws IOException if writing fails; {@code target} is then as it was
   */
  public static void write(Path target, ByteSource content) throws IOException {
    Path absolute = target.toAbsolutePath();
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + mark + ".tmp");
    Files.createFile(temporary);
    try {
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        content.writeTo(new FileOutput(out));
        out.getFD().sync();
      }
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    syncFolder(absolute);
  }

  /** Without this, a power failure could undo the rename. Windows cannot open folders. */
  private static void syncFolder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      // The rename is in the system's hands then, which is all Windows offers.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
