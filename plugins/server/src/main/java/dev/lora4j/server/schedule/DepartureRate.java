package dev.lora4j.server.schedule;

/**
 * Measured number of entries that leave a queue in a second while others wait; times without a
 * backlog say nothing about the speed of the workers. What is older than a minute counts little.
 */
final class DepartureRate {
  private static final double MEMORY_SECONDS = 60;
  private static final double SECOND = 1e9;

  /** What is assumed before anything was measured, in seconds for an entry. */
  private static final double UNKNOWN = 5;

  private double departures;
  private double seconds;
  private long seen;

  DepartureRate(long now) {
    seen = now;
  }

  /** Time has passed. */
  void advance(long now, boolean backlog) {
    double passed = (now - seen) / SECOND;
    seen = now;
    if (backlog) {
      double remembered = Math.exp(-passed / MEMORY_SECONDS);
      departures *= remembered;
      seconds = seconds * remembered + passed;
    }
  }

  /** An entry left. */
  void departure() {
    departures++;
  }

  /** Seconds from one departure to the next. */
  double secondsPerDeparture() {
    return departures == 0 ? Math.max(UNKNOWN, seconds) : seconds / departures;
  }
}
