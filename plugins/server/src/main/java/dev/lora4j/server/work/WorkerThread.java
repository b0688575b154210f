package dev.lora4j.server.work;

/** Thread of a worker, which ends when its queue does. */
final class WorkerThread {
  private final Thread thread;

  private WorkerThread(Thread thread) {
    this.thread = thread;
  }

  /** Starts it. */
  static WorkerThread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.start();
    return new WorkerThread(thread);
  }

  /** Returns true while it works. */
  boolean alive() {
    return thread.isAlive();
  }

  /** Interrupts its work and waits for its end, whatever happens. */
  void stop() {
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
