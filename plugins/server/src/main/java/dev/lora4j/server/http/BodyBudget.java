package dev.lora4j.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory bodies may take, each and together. */
final class BodyBudget {
  private final int each;
  private final long together;
  private final AtomicLong taken = new AtomicLong();

  BodyBudget(int each, long together) {
    this.each = each;
    this.together = Math.max(each, together);
  }

  int each() {
    return each;
  }

  /** Takes memory for bytes that have arrived; false if there is none left. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) > together) {
      taken.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  HttpProblem tooLarge() {
    return new HttpProblem(
        413, "The body is larger than " + each + " bytes, which is the most. Send less at a time.");
  }
}
