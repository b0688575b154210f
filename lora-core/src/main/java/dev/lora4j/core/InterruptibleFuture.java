package dev.lora4j.core;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Result of work on a thread of its own. Cancelling it interrupts the work, which pictures and
 * trainings heed between two steps. Futures that are derived from it do not cancel it.
 *
 * @param <T> what the work makes
 */
public final class InterruptibleFuture<T> extends CompletableFuture<T> {
  private final Thread thread;

  private InterruptibleFuture(String name, Supplier<T> work) {
    thread = new Thread(() -> run(work), name);
    thread.setDaemon(true);
  }

  /** Starts work on a daemon thread of that name. */
  public static <T> InterruptibleFuture<T> start(String name, Supplier<T> work) {
    InterruptibleFuture<T> future = new InterruptibleFuture<>(name, work);
    future.thread.start();
    return future;
  }

  private void run(Supplier<T> work) {
    try {
      complete(work.get());
    } catch (CancellationException e) {
      super.cancel(true);
    } catch (Throwable e) {
      completeExceptionally(e);
    }
  }

  /** Interrupts the work, if it is not done. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      thread.interrupt();
    }
    return cancelled;
  }

  /** A plain future, as derived ones are no work of their own. */
  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
