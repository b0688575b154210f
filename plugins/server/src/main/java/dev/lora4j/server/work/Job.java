package dev.lora4j.server.work;

import dev.lora4j.server.model.LeasedAdapters;
import java.util.concurrent.CompletableFuture;

/**
 * Work that a client waits for. It holds its adapters until it ends, whichever way.
 *
 * @param <Q> what was asked for, with its adapters
 * @param <R> what comes of it
 */
public final class Job<Q, R> {
  private final Q request;
  private final double cost;
  private final LeasedAdapters adapters;
  private final long arrived = System.nanoTime();
  private final CompletableFuture<R> result = new CompletableFuture<>();

  Job(Q request, double cost, LeasedAdapters adapters) {
    this.request = request;
    this.cost = cost;
    this.adapters = adapters;
  }

  /** What was asked for. */
  public Q request() {
    return request;
  }

  /** What it was charged when it was taken. */
  public double cost() {
    return cost;
  }

  /** Seconds since it arrived. */
  public double seconds() {
    return (System.nanoTime() - arrived) / 1e9;
  }

  /** What comes of it. */
  CompletableFuture<R> result() {
    return result;
  }

  /** Ends it with a result. */
  public void complete(R value) {
    adapters.close();
    result.complete(value);
  }

  /** Ends it without a result. */
  public void fail(Throwable reason) {
    adapters.close();
    result.completeExceptionally(reason);
  }

  /** Ends it as its client has gone. */
  void giveUp() {
    adapters.close();
    result.cancel(false);
  }
}
