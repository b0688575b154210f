package dev.lora4j.cli.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Trainings side by side. The first one takes a step before others begin: what it measures of the
 * machine and encodes of the data is there for them then. For one list of trainings.
 */
final class ParallelTrainings {
  /** Weights of a small base at most; the bundled one has 8 million. */
  private static final long SMALL_BASE = 64_000_000;

  private final int lanes;
  private final CountDownLatch begun = new CountDownLatch(1);

  /**
   * Begins nothing yet.
   *
   * @param lanes how many run at a time
   */
  ParallelTrainings(int lanes) {
    this.lanes = lanes;
  }

  /**
   * Best number of parallel trainings on a CPU: of a small base one more than there are threads, as
   * the last one would else have its own time alone. The operators of a large base keep all threads
   * busy, and each of its trainings needs memory of its own.
   *
   * @param weights numbers of the base's layers
   */
  static int lanes(int trainings, int threads, long weights) {
    return threads == 1 || weights > SMALL_BASE ? 1 : Math.min(trainings, threads + 1);
  }

  /** Number of trainings that run at a time. */
  int lanes() {
    return lanes;
  }

  /** Permits the others to begin, as the first one has taken a step. */
  void begun() {
    begun.countDown();
  }

  /**
   * Runs all of them to their end, on threads of their own. If one fails, or the calling thread is
   * interrupted, those that run are interrupted and waited for, and no other begins.
   *
   * @return what they return, in their order
   * @throws CancellationException if they were stopped, saying what is kept of each
   */
  <T> List<T> run(List<Supplier<T>> trainings) {
    ExecutorService pool = pool();
    List<Future<T>> results = new ArrayList<>();
    for (Supplier<T> training : trainings) {
      boolean first = results.isEmpty();
      results.add(pool.submit(() -> take(pool, training, first)));
    }
    pool.shutdown();
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = pool.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
        stop(pool);
      }
    }
    try {
      return results(results);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes back what is handed in when one has failed already. */
  private ExecutorService pool() {
    return new ThreadPoolExecutor(
        lanes,
        lanes,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        (late, stopped) -> ((Future<?>) late).cancel(false));
  }

  private <T> T take(ExecutorService pool, Supplier<T> training, boolean first)
      throws InterruptedException {
    if (!first) {
      begun.await();
    }
    try {
      return training.get();
    } catch (RuntimeException | Error failure) {
      stop(pool);
      throw failure;
    } finally {
      begun();
    }
  }

  /** Interrupts those that run, and takes the others back. */
  private static void stop(ExecutorService pool) {
    pool.shutdownNow().forEach(waiting -> ((Future<?>) waiting).cancel(false));
  }

  /** A failure of one counts more than that the others were stopped for it. */
  private static <T> List<T> results(List<Future<T>> results) {
    List<T> all = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (Future<T> result : results) {
      if (result.isCancelled()) {
        continue; // it did not begin
      }
      try {
        all.add(result.get());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e); // all have ended
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CancellationException stopped) {
          kept.add(String.valueOf(stopped.getMessage()));
        } else if (!(e.getCause() instanceof InterruptedException)) {
          throw unchecked(e);
        }
      }
    }
    if (all.size() < results.size()) {
      throw new CancellationException(
          kept.isEmpty() ? finished(all.size(), results.size()) : joined(kept));
    }
    return all;
  }

  /** The sentence of trainings of which none was under way. */
  private static String finished(int count, int all) {
    return count == 0
        ? "Stopped before the first training began."
        : count
            + " of "
            + all
            + (count == 1 ? " trainings is" : " trainings are")
            + " finished and kept."
            + ResumableTraining.GOES_ON;
  }

  /** The sentences of several trainings, with one sentence at the end about resuming. */
  private static String joined(List<String> kept) {
    boolean goesOn = kept.stream().anyMatch(one -> one.endsWith(ResumableTraining.GOES_ON));
    return kept.stream()
            .map(one -> one.replace(ResumableTraining.GOES_ON, ""))
            .collect(Collectors.joining(" "))
        + (goesOn ? ResumableTraining.GOES_ON : "");
  }

  private static RuntimeException unchecked(ExecutionException wrapped) {
    if (wrapped.getCause() instanceof Error error) {
      throw error;
    }
    return wrapped.getCause() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(wrapped);
  }
}
