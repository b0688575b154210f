package dev.lora4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: asks the working thread to stop, which it does between two steps, and holds the Java
 * machine until it has said so and released its files.
 */
final class Interruption {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);

  private Interruption(Thread worker) {
    Thread hook =
        new Thread(
            () -> {
              if (finished.getCount() > 0) {
                worker.interrupt();
                await();
              }
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Makes Ctrl-C interrupt the calling thread. */
  static Interruption ofThisThread() {
    return new Interruption(Thread.currentThread());
  }

  private void await() {
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("lora4j: gave up waiting for the step under way.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended, whichever way. */
  void finished() {
    finished.countDown();
  }
}
