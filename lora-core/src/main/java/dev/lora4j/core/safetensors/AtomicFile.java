package dev.lora4j.core.safetensors;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replacement of a file as a whole: readers see the old content or the new, whenever the process
 * dies. An interrupt does not end the writing.
 *
 * <p>A process that is killed leaves a hidden {@code .tmp} file next to the target; the next
 * writing of the same target removes it, once it has been untouched for an hour.
 */
public final class AtomicFile {
  private static final Duration ABANDONED = Duration.ofHours(1);
  private static final Pattern TEMPORARY = Pattern.compile("\\.(.+)\\.[0-9a-f]{1,16}\\.tmp");

  private AtomicFile() {}

  /**
   * Writes {@code content} to a temporary file next to {@code target}, forces it to the disk, and
   * renames it.
   *
   * @throws IOException if writing fails; {@code target} is then as it was
   */
  public static void write(Path target, ByteSource content) throws IOException {
    Path file = target.toAbsolutePath();
    if (Files.exists(file)) {
      // A rename would put a file in the place of a device or a pipe.
      RegularFile.require(file);
    }
    String name = file.getFileName().toString();
    removeAbandoned(file.resolveSibling("."), name::equals);
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = file.resolveSibling("." + name + "." + mark + ".tmp");
    Files.createFile(temporary);
    try {
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        content.writeTo(new FileOutput(out));
        out.getFD().sync();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    syncFolder(file);
  }

  /** {@link #write(Path, ByteSource)} of a text in UTF-8. */
  public static void write(Path target, String text) throws IOException {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@link #write(Path, ByteSource)} of bytes that are there. */
  public static void write(Path target, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    write(
        target,
        out -> {
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
        });
  }

  /**
   * Removes unfinished files of killed processes in a folder, once they have been untouched for an
   * hour. What cannot be removed stays.
   *
   * @param targets which names of files that were to be written
   */
  public static void removeAbandoned(Path folder, Predicate<String> targets) {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, at -> temporary(at.getFileName().toString(), targets))) {
      for (Path leftover : found) {
        if (Files.getLastModifiedTime(leftover).toInstant().isBefore(limit)) {
          Files.deleteIfExists(leftover);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Tidying is a courtesy. If the folder is unusable, the writing itself fails.
    }
  }

  private static boolean temporary(String name, Predicate<String> targets) {
    Matcher matcher = TEMPORARY.matcher(name);
    return matcher.matches() && targets.test(matcher.group(1));
  }

  /**
   * Flushes the folder to disk, as a power failure could undo the rename otherwise. Windows cannot
   * open folders.
   */
  private static void syncFolder(Path file) throws IOException {
    // An interrupt would close the channel before it has forced anything.
    boolean interrupted = Thread.interrupted();
    try (FileChannel folder = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (AccessDeniedException e) {
      // The rename is in the system's hands then, which is all that Windows offers.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * A file being written.
   *
   * <p>Not a file channel: an interrupt would close it, and a run that is cancelled by interrupt
   * still saves its last state.
   */
  private static final class FileOutput implements WritableByteChannel {
    private final FileOutputStream out;
    private final byte[] chunk = new byte[1 << 16];

    FileOutput(FileOutputStream out) {
      this.out = out;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int total = bytes.remaining();
      while (bytes.hasRemaining()) {
        int count = Math.min(bytes.remaining(), chunk.length);
        bytes.get(chunk, 0, count);
        out.write(chunk, 0, count);
      }
      return total;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    /** Does nothing: the opener closes the file, not a source that writes to it. */
    @Override
    public void close() {}
  }
}
