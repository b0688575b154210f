package dev.lora4j.core.tensor;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * The times of two ways to compute the same, taken in turns: a busy moment of the machine meets
 * both, and the best of each is the least disturbed.
 *
 * @param first milliseconds of the first way
 * @param second milliseconds of the second
 */
record InterleavedTiming(double first, double second) {
  /** Ratio of the two times beyond which more rounds change nothing. */
  private static final double CLEAR = 4;

  /** The ratio that suffices after two rounds. */
  private static final double CLEAR_SOON = 1.5;

  /** Milliseconds beyond which chance is a small part of the time and one round suffices. */
  private static final double LONG = 300;

  /**
   * Times both ways. The first run of each, which allocates memory, counts only if it decides.
   *
   * @param rounds most runs of each, after the first
   * @param clock of the thread that calls this, in nanoseconds
   */
  static InterleavedTiming of(Runnable first, Runnable second, int rounds, LongSupplier clock) {
    InterleavedTiming best = new InterleavedTiming(time(first, clock), time(second, clock));
    for (int round = 0; round < rounds; round++) {
      if (best.ratio() > (round < 2 ? CLEAR : CLEAR_SOON)) {
        break;
      }
      InterleavedTiming next = new InterleavedTiming(time(first, clock), time(second, clock));
      best = round == 0 ? next : best.least(next);
      if (next.lengthy()) {
        break;
      }
    }
    return best;
  }

  /**
   * The clock for a device's work. On a CPU it is the CPU time of the calling thread: on a busy
   * machine other threads' turns do not count.
   */
  static LongSupplier clock(Device device) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return device.cuda() || !threads.isCurrentThreadCpuTimeSupported()
        ? System::nanoTime
        : threads::getCurrentThreadCpuTime;
  }

  private static double time(Runnable work, LongSupplier clock) {
    long began = clock.getAsLong();
    work.run();
    return (clock.getAsLong() - began) / 1e6;
  }

  private InterleavedTiming least(InterleavedTiming other) {
    return new InterleavedTiming(Math.min(first, other.first), Math.min(second, other.second));
  }

  /** Returns true if both ways together took more than {@link #LONG}. */
  boolean lengthy() {
    return first + second > LONG;
  }

  /** Time of the slower way relative to the faster. */
  double ratio() {
    double least = Math.max(Math.min(first, second), 1e-6);
    return Math.max(first, second) / least;
  }
}
