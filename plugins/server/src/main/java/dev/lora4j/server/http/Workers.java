package dev.lora4j.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Runs handlers, which may block, at most so many at a time. */
final class Workers {
  private final Semaphore free;
  private final Executor threads;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  /** At most this many on threads of others. */
  Workers(int most, Executor threads) {
    this.free = new Semaphore(most);
    this.threads = threads;
  }

  /**
   * Has a handler run.
   *
   * @return false if all are busy
   */
  boolean offer(Runnable handler) {
    if (!free.tryAcquire()) {
      return false;
    }
    try {
      threads.execute(
          () -> {
            Thread thread = Thread.currentThread();
            running.add(thread);
            try {
              handler.run();
            } finally {
              running.remove(thread);
              free.release();
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      free.release();
      return false;
    }
  }

  /** Interrupts the handlers that run. */
  void interrupt() {
    running.forEach(Thread::interrupt);
  }
}
