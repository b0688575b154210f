package dev.lora4j.text.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Requests of several threads that are answered together. A thread that finds nobody at work
 * answers what waits, up to so many; others that come meanwhile wait, and are answered together
 * next. No thread of its own, and no delay to gather requests.
 *
 * @param <Q> request
 * @param <A> answer
 */
final class CoalescedRequests<Q, A> {
  private record Waiting<Q, A>(Q request, CompletableFuture<A> answer) {}

  private final int most;
  private final Function<List<Q>, List<A>> work;
  private final Deque<Waiting<Q, A>> queue = new ArrayDeque<>();

  /** True while a thread answers; guarded by the queue, as is the queue. */
  private boolean working;

  /**
   * Creates them without requests.
   *
   * @param most how many are answered at once
   * @param work gives the answers in the order of the requests
   */
  CoalescedRequests(int most, Function<List<Q>, List<A>> work) {
    this.most = most;
    this.work = work;
  }

  /**
   * Answers a request.
   *
   * @throws CancellationException if the calling thread is interrupted
   */
  A answer(Q request) {
    Waiting<Q, A> own = new Waiting<>(request, new CompletableFuture<>());
    synchronized (queue) {
      queue.add(own);
    }
    while (!own.answer().isDone()) {
      List<Waiting<Q, A>> batch = taken(own);
      if (!batch.isEmpty()) {
        try {
          answer(batch, own);
        } finally {
          synchronized (queue) {
            working = false;
            queue.notifyAll();
          }
        }
      }
    }
    try {
      return own.answer().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Waits until the request is answered, or nobody answers; then the next requests, in turn. */
  private List<Waiting<Q, A>> taken(Waiting<Q, A> own) {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    synchronized (queue) {
      while (working && !own.answer().isDone()) {
        try {
          queue.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          queue.remove(own);
          throw new CancellationException("the request was interrupted while it waited");
        }
      }
      if (own.answer().isDone()) {
        return List.of();
      }
      working = true;
      while (batch.size() < most && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
    }
    return batch;
  }

  private void answer(List<Waiting<Q, A>> batch, Waiting<Q, A> own) {
    try {
      List<A> answers = work.apply(batch.stream().map(Waiting::request).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answer().complete(answers.get(i));
      }
    } catch (CancellationException e) {
      // This thread gives up; the others have not, and one of them does the work.
      synchronized (queue) {
        for (int i = batch.size() - 1; i >= 0; i--) {
          queue.addFirst(batch.get(i));
        }
        queue.remove(own);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      batch.forEach(each -> each.answer().completeExceptionally(e));
    }
  }
}
