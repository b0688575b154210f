package dev.lora4j.server.schedule;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waiting entries of one tenant: the adapter that was served least first, then the oldest. */
final class TenantQueue<T> {
  private final Map<String, LinkedHashSet<QueueTicket<T>>> byAdapter = new LinkedHashMap<>();
  private final VirtualCounters<String> adapters = new VirtualCounters<>();
  private int size;

  void add(QueueTicket<T> ticket) {
    String adapter = ticket.key().adapter();
    adapters.enter(adapter);
    byAdapter.computeIfAbsent(adapter, a -> new LinkedHashSet<>()).add(ticket);
    size++;
  }

  boolean remove(QueueTicket<T> ticket) {
    String adapter = ticket.key().adapter();
    LinkedHashSet<QueueTicket<T>> waiting = byAdapter.get(adapter);
    if (waiting == null || !waiting.remove(ticket)) {
      return false;
    }
    if (waiting.isEmpty()) {
      byAdapter.remove(adapter);
      adapters.leave(adapter);
    }
    size--;
    return true;
  }

  void charge(String adapter, double cost) {
    adapters.charge(adapter, cost);
  }

  /** The first entry, in the order of turns, that meets a condition. */
  @Nullable QueueTicket<T> first(Predicate<QueueTicket<T>> condition) {
    for (String adapter : adapters.order()) {
      for (QueueTicket<T> ticket : waiting(adapter)) {
        if (condition.test(ticket)) {
          return ticket;
        }
      }
    }
    return null;
  }

  private Collection<QueueTicket<T>> waiting(String adapter) {
    return byAdapter.getOrDefault(adapter, new LinkedHashSet<>());
  }

  int size() {
    return size;
  }

  /** Number of entries by adapter. */
  void count(String tenant, Map<QueueKey, Integer> counts) {
    byAdapter.forEach((a, tickets) -> counts.put(new QueueKey(tenant, a), tickets.size()));
  }
}
