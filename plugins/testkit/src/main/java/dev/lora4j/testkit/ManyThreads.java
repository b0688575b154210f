package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same work on several threads at once. */
final class ManyThreads {
  private static final int THREADS = 8;

  private ManyThreads() {}

  /** Requires that each of several threads gets what one alone gets. */
  static <R> void agree(Callable<R> work) throws Exception {
    R alone = work.call();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<R>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(work));
      }
      for (Future<R> one : all) {
        assertEquals(alone, one.get(), "several threads at once get something else than one");
      }
    } catch (ExecutionException e) {
      throw new AssertionError("several threads at once fail where one does not", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
