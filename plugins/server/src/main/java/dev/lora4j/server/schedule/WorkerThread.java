package dev.lora4j.server.schedule;

import java.time.Duration;

/** Thread of a worker, which ends when its queue does. */
public final class WorkerThread {
  private final Thread thread;

  private WorkerThread(Thread thread) {
    this.thread = thread;
  }

  /** Starts it. */
  public static WorkerThread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.start();
    return new WorkerThread(thread);
  }

  /** Returns true while it works. */
  public boolean alive() {
    return thread.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @return whether it came in time
   */
  public boolean await(Duration most) throws InterruptedException {
    thread.join(Math.max(1, most.toMillis()));
    return !thread.isAlive();
  }

  /** Interrupts its work and waits for its end, whatever happens. */
  public void stop() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
