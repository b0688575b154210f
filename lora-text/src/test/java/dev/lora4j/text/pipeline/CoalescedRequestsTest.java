package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CoalescedRequestsTest {
  private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

  @Test
  void whatWaitsIsAnsweredTogetherUpToTheMost() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CoalescedRequests<Integer, Integer> requests =
        new CoalescedRequests<>(
            4,
            all -> {
              sizes.add(all.size());
              started.countDown();
              await(go);
              return all.stream().map(n -> n * 10).toList();
            });
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    answers.add(asked(requests, 0));
    await(started);
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < 8; i++) {
      answers.add(asked(requests, i, threads));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    go.countDown();
    for (int i = 0; i < 8; i++) {
      assertEquals(i * 10, answers.get(i).get());
    }
    assertEquals(List.of(1, 4, 3), sizes);
  }

  @Test
  void errorOfABatchReachesAllOfIt() {
    CoalescedRequests<Integer, Integer> requests =
        new CoalescedRequests<>(
            4,
            all -> {
              throw new IllegalStateException("too long");
            });
    assertEquals(
        "too long",
        assertThrows(IllegalStateException.class, () -> requests.answer(1)).getMessage());
  }

  /** Who gives up in the middle of a batch takes no answer from the others. */
  @Test
  void othersAreAnsweredThoughTheWorkerGivesUp() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CoalescedRequests<Integer, Integer> requests =
        new CoalescedRequests<>(
            4,
            all -> {
              started.countDown();
              if (all.contains(0)) {
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException e) {
                  throw new CancellationException("interrupted");
                }
              }
              return all;
            });
    List<Thread> threads = new ArrayList<>();
    CompletableFuture<Integer> first = asked(requests, 0, threads);
    await(started);
    CompletableFuture<Integer> second = asked(requests, 1, threads);
    threads.get(0).interrupt();
    assertEquals(1, second.get());
    assertTrue(assertThrows(Exception.class, first::get) instanceof CancellationException);
  }

  private static <A> CompletableFuture<A> asked(CoalescedRequests<A, A> requests, A request) {
    return asked(requests, request, new ArrayList<>());
  }

  private static <A> CompletableFuture<A> asked(
      CoalescedRequests<A, A> requests, A request, List<Thread> threads) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(requests.answer(request));
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    thread.start();
    threads.add(thread);
    return answer;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new CancellationException("interrupted");
    }
  }
}
