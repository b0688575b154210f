package dev.lora4j.studio.job;

import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at running jobs now and then, and costs nothing while none runs. */
final class JobWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.jobs");
  private static final long PAUSE_MILLIS = 500;

  private final BooleanSupplier look;
  private boolean wanted;
  private boolean alive;

  /**
   * A watch that has not begun.
   *
   * @param look false if there is nothing more to look at
   */
  JobWatch(BooleanSupplier look) {
    this.look = look;
  }

  /** Looks until there is nothing more to look at. */
  synchronized void begin() {
    wanted = true;
    if (!alive) {
      alive = true;
      Thread thread = new Thread(this::run, "studio-jobs");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    while (pause()) {
      boolean more = looked();
      synchronized (this) {
        if (!more && !wanted) {
          alive = false;
          return;
        }
        wanted = false;
      }
    }
  }

  private boolean looked() {
    try {
      return look.getAsBoolean();
    } catch (RuntimeException e) {
      LOG.error("The jobs cannot be looked at.", e);
      return true;
    }
  }

  @SuppressWarnings("WaitNotInLoop") // To be woken early is to look early.
  private synchronized boolean pause() {
    try {
      wait(PAUSE_MILLIS);
      return alive;
    } catch (InterruptedException e) {
      alive = false;
      return false;
    }
  }

  @Override
  public synchronized void close() {
    alive = false;
    notifyAll();
  }
}
