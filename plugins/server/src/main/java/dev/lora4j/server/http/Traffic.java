package dev.lora4j.server.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The requests that are being answered, and whether new ones are refused. */
final class Traffic {
  private int running;
  private boolean draining;

  synchronized void began() {
    running++;
  }

  synchronized void ended() {
    running--;
    notifyAll();
  }

  synchronized boolean isDraining() {
    return draining;
  }

  synchronized void refuse() {
    draining = true;
  }

  /** Waits until none runs; false if some still do after this time. */
  synchronized boolean awaitNone(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (running > 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
