package dev.lora4j.core.tensor.runtime;

import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The threads that an engine's native work runs on: as many as there are callers at once, and
 * always the same one for a single caller.
 *
 * <p>Safe for use by several threads.
 */
public final class EngineThreads {
  /*
   * OpenMP gives each thread that calls it helpers of its own. As soon as there are more of these
   * in the process than processors, helpers no longer wait awake for the next operator, and waking
   * one takes longer than a small operator does: a training step of a small transformer took twice
   * as long. So a worker is free again before its caller learns the result, the one with the lowest
   * number is taken, and those that only many callers needed end soon.
   */
  private static final long SPARE_SECONDS = 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeSet<Worker> idle = new TreeSet<>((a, b) -> Integer.compare(a.number, b.number));
  private final TreeSet<Integer> numbers = new TreeSet<>();
  private boolean closed;

  /** A thread, and the task it is to do next. */
  private final class Worker extends Thread {
    private final int number;
    private final Condition assigned = lock.newCondition();
    private Runnable task;

    Worker(int number, Runnable first) {
      super("lora4j-" + number);
      this.number = number;
      this.task = first;
      setDaemon(true);
    }

    EngineThreads owner() {
      return EngineThreads.this;
    }

    @Override
    public void run() {
      Optional<Runnable> next = Optional.of(task);
      while (next.isPresent()) {
        next.get().run();
        next = next();
      }
    }

    /** The next task; empty if this thread is to end. */
    private Optional<Runnable> next() {
      lock.lock();
      try {
        long left = TimeUnit.SECONDS.toNanos(SPARE_SECONDS);
        while (idle.contains(this)) {
          boolean spare = number > 1 && left <= 0;
          if (closed || spare) {
            idle.remove(this);
            numbers.remove(number);
            return Optional.empty();
          }
          try {
            if (number > 1) {
              left = assigned.awaitNanos(left);
            } else {
              assigned.await();
            }
          } catch (InterruptedException e) {
            // Nobody but native work knows this thread; an interrupt has no meaning here.
          }
        }
        return Optional.of(task);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Returns true if the calling thread is one of the engine's threads. */
  public boolean inside() {
    return Thread.currentThread() instanceof Worker worker && worker.owner() == this;
  }

  /**
   * Begins a task on a free thread, or on a new one.
   *
   * @throws RejectedExecutionException if this was closed
   */
  public <T> Future<T> submit(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (closed) {
        throw new RejectedExecutionException("closed");
      }
      Worker free = idle.pollFirst();
      if (free != null) {
        free.task = () -> perform(free, work, result);
        free.assigned.signal();
      } else {
        begin(work, result);
      }
    } finally {
      lock.unlock();
    }
    return result;
  }

  private <T> void begin(Supplier<T> work, CompletableFuture<T> result) {
    int number = 1;
    while (!numbers.add(number)) {
      number++;
    }
    new Worker(number, () -> performHere(work, result)).start();
  }

  private <T> void performHere(Supplier<T> work, CompletableFuture<T> result) {
    perform((Worker) Thread.currentThread(), work, result);
  }

  private <T> void perform(Worker worker, Supplier<T> work, CompletableFuture<T> result) {
    try {
      T value = work.get();
      rest(worker);
      result.complete(value);
    } catch (Throwable failure) {
      rest(worker);
      result.completeExceptionally(failure);
    }
  }

  private void rest(Worker worker) {
    lock.lock();
    try {
      idle.add(worker);
    } finally {
      lock.unlock();
    }
  }

  /** Lets work in progress end, refuses more, and ends the threads. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      idle.forEach(worker -> worker.assigned.signal());
    } finally {
      lock.unlock();
    }
  }
}
