package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads that take blocks of rows one after the other, each with a state of its own: as many as an
 * operator of the engine may use. Operators do not divide blocks once more, so that no thread waits
 * for another at each of them, which on a busy machine takes longer than the work.
 */
final class RowWorkers {
  /** Work on one block. */
  @FunctionalInterface
  interface Task<S> {
    void run(S state, int block);
  }

  private RowWorkers() {}

  /**
   * Does all of them.
   *
   * @param state of a lane
   * @return the states of all lanes; which block went where is by chance
   */
  static <S> List<S> each(Engine engine, int blocks, Supplier<S> state, Task<S> task) {
    int lanes = engine.device().cuda() ? 1 : Math.min(engine.threads(), blocks);
    AtomicInteger next = new AtomicInteger();
    Supplier<S> lane =
        () ->
            engine.alone(
                () -> {
                  S own = state.get();
                  try {
                    for (int i = next.getAndIncrement(); i < blocks; i = next.getAndIncrement()) {
                      task.run(own, i);
                    }
                  } catch (RuntimeException | Error e) {
                    next.set(blocks);
                    throw e;
                  }
                  return own;
                });
    List<CompletableFuture<S>> others = new ArrayList<>();
    for (int i = 1; i < lanes; i++) {
      others.add(CompletableFuture.supplyAsync(lane));
    }
    List<S> states = new ArrayList<>();
    try {
      states.add(lane.get());
    } finally {
      // Whatever a lane works on must not be closed under it.
      others.forEach(other -> other.exceptionally(e -> null).join());
    }
    for (CompletableFuture<S> other : others) {
      states.add(result(other));
    }
    return states;
  }

  private static <S> S result(CompletableFuture<S> lane) {
    try {
      return lane.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }
}
