package dev.lora4j.core.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lock of a store: one process writes, or several read. It is free again when this is closed, and
 * when the process ends in whatever way. Within a process one thread has it at a time.
 */
final class StoreLock implements AutoCloseable {
  static final String FILE = "lock";

  /** A file lock is the process's, so that threads need another. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock thread;
  private final FileChannel channel;

  private StoreLock(ReentrantLock thread, FileChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /** Waits until nobody else reads or writes. */
  static StoreLock toWrite(Path folder) throws IOException {
    return of(folder, false, StandardOpenOption.WRITE);
  }

  /** Waits until nobody writes; a store that the user may only read can be locked so. */
  static StoreLock toRead(Path folder) throws IOException {
    return of(folder, true, StandardOpenOption.READ);
  }

  @SuppressWarnings("LockNotBeforeTry") // close() unlocks it
  private static StoreLock of(Path folder, boolean shared, StandardOpenOption option)
      throws IOException {
    ReentrantLock thread =
        THREADS.computeIfAbsent(folder.toRealPath(), path -> new ReentrantLock());
    thread.lock();
    try {
      FileChannel channel = FileChannel.open(folder.resolve(FILE), option);
      try {
        channel.lock(0, Long.MAX_VALUE, shared);
        return new StoreLock(thread, channel);
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      thread.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      thread.unlock();
    }
  }
}
