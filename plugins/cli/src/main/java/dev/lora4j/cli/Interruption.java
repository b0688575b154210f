package dev.lora4j.cli;

import dev.lora4j.cli.console.Durations;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: interrupts the working thread, which stops between two steps, and holds the Java machine
 * until that has reported it and released its files, however long a step takes. Another Ctrl-C ends
 * the process at once.
 */
public final class Interruption {
  /** Seconds before the first message; a shorter wait needs none. */
  private static final long FIRST_SECONDS = 1;

  private static final long SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);

  private Interruption(Thread worker) {
    Thread hook =
        new Thread(
            () -> {
              if (finished.getCount() > 0) {
                boolean again = SecondSignal.ends();
                worker.interrupt();
                await(again);
              }
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Makes Ctrl-C interrupt the calling thread. */
  public static Interruption ofThisThread() {
    return new Interruption(Thread.currentThread());
  }

  private void await(boolean again) {
    try {
      long waited = 0;
      for (long next = FIRST_SECONDS; !finished.await(next, TimeUnit.SECONDS); next = SECONDS) {
        waited += next;
        System.err.println(
            "lora4j: stopping; what is under way is finished first, so that nothing is lost"
                + (waited < SECONDS
                    ? "."
                    : ", for " + Durations.text((double) waited) + " until here.")
                + (again ? " Ctrl-C again ends at once." : ""));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended, whichever way. */
  public void finished() {
    finished.countDown();
  }
}
