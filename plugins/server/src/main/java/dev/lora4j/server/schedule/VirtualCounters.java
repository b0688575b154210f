package dev.lora4j.server.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Virtual token counters (VTC, Sheng et al. 2024): how much each key was served; the waiting key
 * with the least is next.
 *
 * <p>A key that begins to wait is lifted to the least of those that wait, or if none does, to the
 * one that waited last: it cannot save up service while it is idle, nor lose a debt.
 */
final class VirtualCounters<K> {
  /** Number of idle keys above which those without a debt are forgotten. */
  private static final int IDLE = 1024;

  private final Map<K, Double> counters = new HashMap<>();
  private final Set<K> waiting = new LinkedHashSet<>();
  private @Nullable K last;

  /** The key has work that waits. */
  void enter(K key) {
    if (!waiting.contains(key)) {
      counters.merge(key, floor(), Math::max);
      waiting.add(key);
    }
  }

  /** The key has no more work that waits. */
  void leave(K key) {
    if (waiting.remove(key)) {
      last = key;
      if (counters.size() - waiting.size() > IDLE) {
        forget();
      }
    }
  }

  /** The key was served. */
  void charge(K key, double cost) {
    counters.put(key, counter(key) + cost);
  }

  /** Service so far, on the scale of all others. */
  double counter(K key) {
    Double known = counters.get(key);
    return known == null ? floor() : known;
  }

  /** Keys that wait, the next one first; of equal ones, the one that has waited longest. */
  List<K> order() {
    List<K> keys = new ArrayList<>(waiting);
    keys.sort(Comparator.comparingDouble(this::counter));
    return keys;
  }

  /** Number of counters, those of idle keys too. */
  int size() {
    return counters.size();
  }

  private double floor() {
    if (waiting.isEmpty()) {
      return last == null ? 0 : counters.getOrDefault(last, 0.0);
    }
    return waiting.stream().mapToDouble(k -> counters.getOrDefault(k, 0.0)).min().orElseThrow();
  }

  /** A key at the floor or below would be lifted when it returns, so its counter says nothing. */
  private void forget() {
    double floor = floor();
    counters
        .entrySet()
        .removeIf(
            e ->
                !waiting.contains(e.getKey()) && !e.getKey().equals(last) && e.getValue() <= floor);
  }
}
