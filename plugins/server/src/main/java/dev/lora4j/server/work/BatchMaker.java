package dev.lora4j.server.work;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a {@link BatchWorker} does.
 *
 * @param <Q> what is asked for
 * @param <R> what comes of it
 */
public interface BatchMaker<Q, R> {
  /** Returns true if {@code other} can be done together with a batch, which is never empty. */
  boolean together(List<Q> batch, Q other);

  /**
   * Does a batch.
   *
   * @param abandoned true once nobody waits for any of it; to be asked now and then
   * @return a result for each, in order
   * @throws java.util.concurrent.CancellationException if it was abandoned, or the thread is
   *     interrupted
   */
  List<R> make(List<Q> batch, BooleanSupplier abandoned);

  /** Counts work that has ended; {@code done} is false if it failed or was given up. */
  void ended(Job<Q, R> job, boolean done);
}
