package dev.lora4j.server.lorax;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Values that are made once for all who want them, and kept as far as there is room; the least
 * recently used goes first. One is made at a time, as that may take all processors. The last one
 * stays whatever its size.
 *
 * <p>May be used from several threads.
 */
final class KeptValues<K, V> {
  private final long limit;
  private final ToLongFunction<V> size;
  private final Map<K, CompletableFuture<V>> values = new LinkedHashMap<>(16, 0.75f, true);
  private final Object making = new Object();

  /**
   * Keeps nothing yet.
   *
   * @param limit most bytes of all
   * @param size bytes of a value
   */
  KeptValues(long limit, ToLongFunction<V> size) {
    this.limit = limit;
    this.size = size;
  }

  /** The value of a key; what its maker throws is thrown to all who wait, and is not kept. */
  V get(K key, Supplier<V> maker) {
    CompletableFuture<V> own = new CompletableFuture<>();
    CompletableFuture<V> held;
    synchronized (values) {
      held = values.computeIfAbsent(key, k -> own);
    }
    if (held == own) {
      make(key, own, maker);
    }
    try {
      return held.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw e;
    }
  }

  private void make(K key, CompletableFuture<V> own, Supplier<V> maker) {
    try {
      V made;
      synchronized (making) {
        made = maker.get();
      }
      own.complete(made);
      shrink();
    } catch (RuntimeException | Error e) {
      synchronized (values) {
        values.remove(key);
      }
      own.completeExceptionally(e);
    }
  }

  private void shrink() {
    synchronized (values) {
      long bytes = values.values().stream().mapToLong(this::bytes).sum();
      var oldest = values.values().iterator();
      for (int left = values.size(); bytes > limit && left > 1; left--) {
        CompletableFuture<V> next = oldest.next();
        if (next.isDone()) {
          bytes -= bytes(next);
          oldest.remove();
        }
      }
    }
  }

  private long bytes(CompletableFuture<V> value) {
    return value.isDone() && !value.isCompletedExceptionally() ? size.applyAsLong(value.join()) : 0;
  }

  /** How many are kept, or being made. */
  int size() {
    synchronized (values) {
      return values.size();
    }
  }
}
