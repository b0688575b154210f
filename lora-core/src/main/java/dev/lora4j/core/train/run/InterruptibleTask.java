package dev.lora4j.core.train.run;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Work on a thread of its own, which an interrupt of the caller stops where it is safe.
 *
 * <p>A step of training consists of several native calls. An interrupt between two of them would
 * leave a state that belongs to no step, so the working thread is only interrupted while it calls
 * its listeners, who may draw pictures for minutes.
 */
public final class InterruptibleTask {
  private final Object lock = new Object();
  private boolean stopRequested;
  private boolean calling;

  private InterruptibleTask() {}

  /**
   * Does {@code work} and waits for it, however often the caller is interrupted; the caller's
   * interrupt flag stays set.
   */
  public static <T> T run(Function<InterruptibleTask, T> work) {
    InterruptibleTask sign = new InterruptibleTask();
    FutureTask<T> task = new FutureTask<>(() -> work.apply(sign));
    Thread worker = new Thread(task, "lora4j-training");
    boolean interrupted = Thread.interrupted();
    if (interrupted) {
      sign.ask(worker);
    }
    worker.start();
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          sign.ask(worker);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
          }
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted || sign.stopRequested()) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void ask(Thread worker) {
    synchronized (lock) {
      stopRequested = true;
      if (calling) {
        worker.interrupt();
      }
    }
  }

  /** Returns true after a request to stop. */
  public boolean stopRequested() {
    synchronized (lock) {
      return stopRequested;
    }
  }

  /**
   * A listener that is called by {@link #call}. Its {@link RunListener#encoding} throws {@link
   * TrainingInterrupted} when it is time to stop, as nothing is trained then.
   */
  public RunListener telling(RunListener listener) {
    return new GuardedListener(this, listener);
  }

  /**
   * Calls a listener that may be interrupted. A listener that interrupts its own thread, or throws
   * a cancellation, requests the stop.
   */
  public void call(Runnable listener) {
    synchronized (lock) {
      calling = true;
      if (stopRequested) {
        Thread.currentThread().interrupt();
      }
    }
    boolean cancelled = false;
    try {
      listener.run();
    } catch (CancellationException e) {
      cancelled = true;
    } finally {
      synchronized (lock) {
        calling = false;
        // Evaluated first: it also takes the interrupt away from the work that follows.
        stopRequested = Thread.interrupted() || stopRequested || cancelled;
      }
    }
  }
}
