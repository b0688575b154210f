package dev.lora4j.hub.store;

import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder in which one thread of one process fetches one adapter, until this is closed or the
 * process ends. The folder may be removed with it.
 */
final class PullClaim implements AutoCloseable {
  /** The file whose lock is the claim; its text is the number of the process. */
  static final String FILE = ".in-use";

  /**
   * Folders that this process has. Systems free all of a process's locks on a file when any of its
   * threads closes it, so that a second thread must not even open it.
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  /** A byte that is never written, so that others can read the file where locks forbid that. */
  private static final long LOCKED = Long.MAX_VALUE - 1;

  /** Text of a file that has lost its name. */
  private static final String GONE = "gone";

  private static final int ATTEMPTS = 100;

  private final Path folder;
  private final FileChannel channel;

  private PullClaim(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Makes the folder if need be, and claims it.
   *
   * @param what is fetched there, for messages
   * @throws HubException if another run has it
   * @throws IOException if it cannot be written
   */
  static PullClaim of(Path folder, String what) throws IOException {
    Path own = folder.toAbsolutePath().normalize();
    if (!OWN.add(own)) {
      throw busy(what, "");
    }
    boolean claimed = false;
    try {
      PullClaim claim = locked(own, what);
      claimed = true;
      return claim;
    } finally {
      if (!claimed) {
        OWN.remove(own);
      }
    }
  }

  private static PullClaim locked(Path folder, String what) throws IOException {
    Path file = folder.resolve(FILE);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Files.createDirectories(folder);
      FileChannel channel;
      try {
        channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      } catch (NoSuchFileException e) {
        continue; // another run has just ended and taken the folder away
      }
      try {
        FileLock lock = channel.tryLock(LOCKED, 1, false);
        if (lock == null) {
          throw busy(what, owner(channel));
        }
        // One that was opened just before another run removed it is nobody else's.
        if (!text(channel).equals(GONE)) {
          write(channel, Long.toString(ProcessHandle.current().pid()));
          return new PullClaim(folder, channel);
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
    }
    throw busy(what, "");
  }

  private static HubException busy(String what, String owner) {
    return new HubException(
        "Another run fetches " + what + owner + ". Wait for its end, or stop it.");
  }

  private static String owner(FileChannel channel) throws IOException {
    String process = text(channel);
    return process.matches("\\d+") ? " (process " + process + ")" : "";
  }

  private static String text(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(32);
    int read = channel.read(text, 0);
    return new String(text.array(), 0, Math.max(0, read), StandardCharsets.US_ASCII);
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0).write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  /** Removes the folder, in which nothing else is, before the claim is given up. */
  void remove() throws IOException {
    boolean interrupted = Thread.interrupted(); // which would close the channel
    try {
      Files.deleteIfExists(folder.resolve(FILE));
      write(channel, GONE);
      Files.deleteIfExists(folder);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      OWN.remove(folder);
    }
  }
}
