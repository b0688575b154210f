package dev.lora4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Finds out whether the machine was left alone: the same loop of integer arithmetic runs on all
 * cores again and again, and on a quiet machine always takes as long.
 */
final class Steadiness {
  private static final int ITERATIONS = 4_000_000;
  private static final int WARM_UP = 5;

  /** A third quartile that is so many times the shortest time is no accident. */
  private static final double BUSY = 1.15;

  /** Threads of native libraries spin for a moment after their work. */
  private static final long PAUSE_MILLIS = 10;

  private final int threads;
  private final List<Double> millis = new ArrayList<>();

  Steadiness(int threads) {
    this.threads = threads;
  }

  /** Takes one sample, a few milliseconds. */
  void sample() {
    try {
      if (millis.isEmpty()) {
        for (int i = 0; i < WARM_UP; i++) {
          once();
        }
      }
      Thread.sleep(PAUSE_MILLIS);
      millis.add(once());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted.");
    }
  }

  private double once() throws InterruptedException {
    double[] took = new double[threads];
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int index = i;
      Thread thread = new Thread(() -> took[index] = loop(), "steadiness-" + i);
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    double slowest = 0;
    for (double t : took) {
      slowest = Math.max(slowest, t);
    }
    return slowest;
  }

  private static double loop() {
    long began = System.nanoTime();
    long x = 88172645463325252L;
    for (int i = 0; i < ITERATIONS; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    // Never zero, which the compiler cannot know, so the loop has to be run.
    return x == 0 ? Double.NaN : (System.nanoTime() - began) / 1e6;
  }

  /** Warning for a busy machine. */
  Optional<String> warning() {
    return warning(millis.stream().mapToDouble(m -> m).toArray());
  }

  static Optional<String> warning(double... samples) {
    if (samples.length < 2) {
      return Optional.empty();
    }
    double shortest = Double.MAX_VALUE;
    double longest = 0;
    for (double sample : samples) {
      shortest = Math.min(shortest, sample);
      longest = Math.max(longest, sample);
    }
    if (Spread.of(samples).high() <= BUSY * shortest) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Something else was running: a loop that always does the same took between %.1f and"
                + " %.1f ms. Times are too long, and ratios less certain than their spread says.",
            shortest,
            longest));
  }
}
