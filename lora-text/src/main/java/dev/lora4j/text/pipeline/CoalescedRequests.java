package dev.lora4j.text.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
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
  private final ReentrantLock working = new ReentrantLock();
  private final Deque<Waiting<Q, A>> queue = new ArrayDeque<>();

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
      try {
        working.lockInterruptibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw abandoned(own);
      }
      try {
        if (!own.answer().isDone()) {
          answerSome(own);
        }
      } finally {
        working.unlock();
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

  private void answerSome(Waiting<Q, A> own) {
    List<Waiting<Q, A>> batch = taken();
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
      }
      abandoned(own);
      throw e;
    } catch (RuntimeException | Error e) {
      batch.forEach(each -> each.answer().completeExceptionally(e));
    }
  }

  private List<Waiting<Q, A>> taken() {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    synchronized (queue) {
      while (batch.size() < most && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
    }
    return batch;
  }

  private CancellationException abandoned(Waiting<Q, A> own) {
    synchronized (queue) {
      queue.remove(own);
    }
    return new CancellationException("the request was interrupted while it waited");
  }
}
