package dev.lora4j.server.library;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lock per key that exists only while somebody holds it or waits for it. */
final class KeyedLocks<K> {
  private static final class Counted {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }

  private final ConcurrentHashMap<K, Counted> locks = new ConcurrentHashMap<>();

  /** The result of work that is done while the lock of a key is held. */
  <R> R holding(K key, Supplier<R> work) {
    Counted counted = locks.compute(key, (k, known) -> joined(known));
    counted.lock.lock();
    try {
      return work.get();
    } finally {
      counted.lock.unlock();
      locks.computeIfPresent(key, (k, entry) -> --entry.users == 0 ? null : entry);
    }
  }

  private static Counted joined(@Nullable Counted known) {
    Counted entry = known == null ? new Counted() : known;
    entry.users++;
    return entry;
  }

  /** Number of locks that somebody holds or waits for. */
  int size() {
    return locks.size();
  }
}
