package dev.lora4j.studio.job;

import java.util.concurrent.ThreadLocalRandom;

/** Names of processes of jobs, no two of which are equal. */
final class Tickets {
  private Tickets() {}

  static String next() {
    return Long.toHexString(System.currentTimeMillis())
        + "-"
        + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }
}
