package dev.lora4j.core.tensor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {
  private final EngineThreads workers = new EngineThreads();

  @AfterEach
  void close() {
    workers.close();
  }

  @Test
  void singleCallerAlwaysGetsTheSameThread() throws Exception {
    Thread first = workers.submit(Thread::currentThread).get();
    for (int i = 0; i < 20_000; i++) {
      assertSame(first, workers.submit(Thread::currentThread).get());
    }
    assertFalse(workers.inside());
    assertTrue(workers.submit(workers::inside).get());
  }

  @Test
  void concurrentCallersHaveThreadsOfTheirOwn() throws Exception {
    CyclicBarrier together = new CyclicBarrier(8);
    List<Future<Thread>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          workers.submit(
              () -> {
                await(together);
                return Thread.currentThread();
              }));
    }
    Set<Thread> threads = new HashSet<>();
    for (Future<Thread> call : calls) {
      threads.add(call.get(30, TimeUnit.SECONDS));
    }
    assertEquals(8, threads.size());
    assertEquals("lora4j-1", workers.submit(Thread::currentThread).get().getName());
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void failureReachesTheCallerAndThreadSurvives() throws Exception {
    Thread first = workers.submit(Thread::currentThread).get();
    Future<Object> failing =
        workers.submit(
            () -> {
              throw new IllegalStateException("on purpose");
            });
    ExecutionException e = assertThrows(ExecutionException.class, failing::get);
    assertEquals("on purpose", e.getCause().getMessage());
    assertSame(first, workers.submit(Thread::currentThread).get());
  }

  @Test
  void closingEndsTheThreadsAndRefusesMore() throws Exception {
    Thread first = workers.submit(Thread::currentThread).get();
    workers.close();
    first.join(30_000);
    assertFalse(first.isAlive());
    assertThrows(RejectedExecutionException.class, () -> workers.submit(() -> 1));
  }
}
