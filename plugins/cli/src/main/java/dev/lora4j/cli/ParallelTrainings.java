package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Trainings side by side. The first one takes a step before others begin: what it measures of the
 * machine and encodes of the data is there for them then. For one list of trainings.
 */
final class ParallelTrainings {
  private final int lanes;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * Begins nothing yet.
   *
   * @param lanes how many run at a time
   */
  ParallelTrainings(int lanes) {
    this.lanes = lanes;
  }

  /** How many run at a time. */
  int lanes() {
    return lanes;
  }

  /** The first one has taken a step. */
  void begun() {
    begun.countDown();
  }

  /**
   * Runs all of them to their end, each on a thread of its own. If one fails, or the calling thread
   * is interrupted, those that run are interrupted and waited for, and no other begins.
   *
   * @return what they return, in their order
   * @throws CancellationException if they were stopped, saying what is kept of each
   */
  <T> List<T> run(List<Supplier<T>> trainings) {
    List<CompletableFuture<T>> results = new ArrayList<>();
    trainings.forEach(training -> results.add(new CompletableFuture<>()));
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      boolean first = lane == 0;
      threads.add(
          new Thread(
              () -> {
                try {
                  take(trainings, results, first);
                } finally {
                  end.complete(null);
                }
              },
              "trainings-" + (lane + 1)));
    }
    threads.forEach(Thread::start);
    boolean interrupted = awaited(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)));
    try {
      return results(results);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One training after the other, as long as there are any. */
  private <T> void take(
      List<Supplier<T>> trainings, List<CompletableFuture<T>> results, boolean first) {
    try {
      if (!first) {
        begun.await();
      }
      for (int i = next.getAndIncrement(); i < trainings.size(); i = next.getAndIncrement()) {
        if (stopped) {
          return;
        }
        try {
          results.get(i).complete(trainings.get(i).get());
        } catch (RuntimeException | Error failure) {
          results.get(i).completeExceptionally(failure);
          stop();
        } finally {
          begun();
        }
      }
    } catch (InterruptedException e) {
      // It has not begun.
    }
  }

  private void stop() {
    stopped = true;
    threads.forEach(Thread::interrupt);
  }

  /** Waits for all; returns whether the calling thread was interrupted. */
  private boolean awaited(CompletableFuture<?> all) {
    boolean interrupted = false;
    while (true) {
      try {
        all.get();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
        stop();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e); // their ends are no failures
      }
    }
  }

  /** A failure of one counts more than that the others were stopped for it. */
  private static <T> List<T> results(List<CompletableFuture<T>> results) {
    List<T> all = new ArrayList<>();
    List<String> said = new ArrayList<>();
    for (CompletableFuture<T> result : results) {
      try {
        if (result.isDone()) {
          all.add(result.join());
        }
      } catch (CancellationException e) {
        said.add(String.valueOf(e.getMessage()));
      } catch (CompletionException e) {
        throw unchecked(e);
      }
    }
    if (all.size() < results.size()) {
      throw new CancellationException(
          said.isEmpty() ? finished(all.size(), results.size()) : joined(said));
    }
    return all;
  }

  /** Where none was under way. */
  private static String finished(int count, int all) {
    return count == 0
        ? "Stopped before the first training began."
        : count
            + " of "
            + all
            + (count == 1 ? " trainings is" : " trainings are")
            + " finished and kept."
            + KeptTraining.GOES_ON;
  }

  /** What is said of each, and once that the command goes on. */
  private static String joined(List<String> said) {
    boolean kept = said.stream().anyMatch(one -> one.endsWith(KeptTraining.GOES_ON));
    return said.stream()
            .map(one -> one.replace(KeptTraining.GOES_ON, ""))
            .collect(Collectors.joining(" "))
        + (kept ? KeptTraining.GOES_ON : "");
  }

  private static RuntimeException unchecked(CompletionException wrapped) {
    if (wrapped.getCause() instanceof Error error) {
      throw error;
    }
    return wrapped.getCause() instanceof RuntimeException failure ? failure : wrapped;
  }
}
