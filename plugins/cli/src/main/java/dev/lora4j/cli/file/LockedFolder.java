package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A folder in which one process works: two runs in it would take each other's checkpoints for their
 * own. It is free again when this is closed, and when the process ends in whatever way.
 */
public final class LockedFolder implements AutoCloseable {
  /** The file whose lock is the claim; its text is the number of the last process that had it. */
  public static final String FILE = ".in-use";

  /*
   * The file stays when the claim ends. If it were deleted, a process that had opened it before could
   * lock what no longer has a name, while another made and locked a new one.
   */
  private final FileChannel channel;

  private LockedFolder(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the folder if need be, and claims it.
   *
   * @throws Failure if another run has it, or it cannot be written
   */
  public static LockedFolder of(Path folder) {
    OutputFile.folder(folder);
    Path file = folder.resolve(FILE);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (lock(channel)) {
          byte[] process =
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
          channel.truncate(0).write(ByteBuffer.wrap(process));
          return new LockedFolder(channel);
        }
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      channel.close();
    } catch (IOException e) {
      throw new Failure(
          "The folder " + folder + " cannot be claimed: " + ErrorExplanation.of(e), e);
    }
    throw new Failure(
        "Another run works in "
            + folder
            + told(file)
            + ". Wait for its end or stop it, or write elsewhere.");
  }

  /** The process other than this one that has claimed a folder, if one has. */
  public static Optional<Long> owner(Path folder) {
    Path file = folder.resolve(FILE);
    // Who tries a lock holds it for a moment, in which a run that begins would be refused. So only
    // where the last one that had it is there, it is tried whether he has it still.
    Optional<Long> last = number(file).filter(LockedFolder::another);
    if (last.isEmpty()) {
      return last;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return lock(channel) ? Optional.empty() : last;
    } catch (IOException e) {
      return Optional.empty(); // nobody ever claimed it
    }
  }

  /** True for a process that lives and is not this one, whose claims a look would give up. */
  private static boolean another(long process) {
    return process != ProcessHandle.current().pid() && ProcessHandle.of(process).isPresent();
  }

  private static Optional<Long> number(Path file) {
    try {
      return Optional.of(Long.valueOf(Files.readString(file, StandardCharsets.US_ASCII).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // where a lock forbids reading too
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process itself has it
    }
  }

  private static String told(Path file) {
    return number(file).map(process -> " (process " + process + ")").orElse("");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The claim ends with the process at the latest, and nothing that was written depends on it.
      throw new Failure("A claim on a folder cannot be given up: " + ErrorExplanation.of(e), e);
    }
  }
}
