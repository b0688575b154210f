package dev.lora4j.server.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of work that serves tenants evenly: next is the tenant whose served cost is
 * least, by {@linkplain VirtualCounters virtual token counters}; within it the adapter that was
 * served least, the same way; within that the oldest entry. While two tenants both wait, their
 * served costs differ by no more than the largest entry, if entries are taken one by one and
 * charged as a whole.
 *
 * <p>Costs are of any unit that the workers agree on: tokens for texts, steps times pixels for
 * pictures. The cost of an entry is charged when it is taken, and {@link #charge} adds what turns
 * out later, such as generated tokens.
 *
 * <p>May be used from several threads.
 */
public final class FairQueue<T> implements AutoCloseable {
  private static final int LONGEST_RETRY = 60;

  private final QueueLimits limits;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private final Map<String, TenantQueue<T>> byTenant = new HashMap<>();
  private final VirtualCounters<String> tenants = new VirtualCounters<>();
  private final DepartureRate rate;
  private int size;
  private int refused;
  private boolean sealed;

  /** An empty queue. */
  public FairQueue(QueueLimits limits) {
    this(limits, System::nanoTime);
  }

  FairQueue(QueueLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
    this.rate = new DepartureRate(clock.getAsLong());
  }

  /**
   * Adds an entry.
   *
   * @param cost what is charged when it is taken: 0 or more
   * @throws QueueFullException if there is no room for it, with a time to come back
   * @throws QueueClosedException if the queue takes no more
   */
  public QueueTicket<T> offer(QueueKey key, double cost, T item) {
    requireCost(cost);
    lock.lock();
    try {
      if (sealed) {
        throw new QueueClosedException();
      }
      rate.advance(clock.getAsLong(), size > 0);
      TenantQueue<T> known = byTenant.get(key.tenant());
      int own = known == null ? 0 : known.size();
      if (own >= limits.entriesPerTenant()) {
        throw full(own + " requests of yours wait, which is the limit for one client.", share(key));
      }
      if (size >= limits.entries()) {
        throw full(size + " requests wait, which is the limit of this server.", 1);
      }
      QueueTicket<T> ticket = new QueueTicket<>(this, key, cost, item);
      tenants.enter(key.tenant());
      byTenant.computeIfAbsent(key.tenant(), t -> new TenantQueue<>()).add(ticket);
      size++;
      change.signal();
      return ticket;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a batch; waits until there is one. The first entry is always the one whose turn it is.
   *
   * @param most greatest number of entries
   * @param rule which others go with the first; in the order of their turns
   * @return at least one entry; none if the queue is closed, or sealed and empty
   */
  public List<QueueTicket<T>> take(int most, BatchRule<T> rule) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size == 0 && !sealed) {
        change.await();
      }
      return batch(List.of(), most, rule);
    } finally {
      lock.unlock();
    }
  }

  /** {@link #take} without waiting; none if none is there. */
  public List<QueueTicket<T>> poll(int most, BatchRule<T> rule) {
    return join(List.of(), most, rule);
  }

  /**
   * Takes entries that can join a batch at work; does not wait. An entry whose turn it is and that
   * does not fit is overtaken a limited number of times; then nothing joins any more, the batch
   * comes to its end, and {@link #take} begins the next with that entry.
   *
   * @param batch work in progress; if there is none, this is {@link #poll}
   * @param most greatest number of entries that are added
   */
  public List<QueueTicket<T>> join(List<T> batch, int most, BatchRule<T> rule) {
    lock.lock();
    try {
      return batch(batch, most, rule);
    } finally {
      lock.unlock();
    }
  }

  private List<QueueTicket<T>> batch(List<T> begun, int most, BatchRule<T> rule) {
    List<T> items = new ArrayList<>(begun);
    List<QueueTicket<T>> taken = new ArrayList<>();
    rate.advance(clock.getAsLong(), size > 0);
    while (taken.size() < most && size > 0) {
      List<T> view = List.copyOf(items);
      QueueTicket<T> next = next(t -> view.isEmpty() || rule.fits(view, t.item()));
      if (next == null) {
        break;
      }
      drop(next);
      charged(next.key(), next.cost());
      rate.departure();
      taken.add(next);
      items.add(next.item());
    }
    return taken;
  }

  private @Nullable QueueTicket<T> next(Predicate<QueueTicket<T>> fits) {
    QueueTicket<T> turn = first(t -> true);
    if (turn == null || fits.test(turn)) {
      return turn;
    }
    if (turn.overtaken() >= limits.overtakes()) {
      return null;
    }
    QueueTicket<T> other = first(fits);
    if (other != null) {
      turn.overtake();
    }
    return other;
  }

  private @Nullable QueueTicket<T> first(Predicate<QueueTicket<T>> condition) {
    for (String tenant : tenants.order()) {
      TenantQueue<T> queue = byTenant.get(tenant);
      QueueTicket<T> found = queue == null ? null : queue.first(condition);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * Charges service beyond the cost of an entry, for example one token.
   *
   * @param cost 0 or more
   */
  public void charge(QueueKey key, double cost) {
    requireCost(cost);
    lock.lock();
    try {
      charged(key, cost);
    } finally {
      lock.unlock();
    }
  }

  private void charged(QueueKey key, double cost) {
    tenants.charge(key.tenant(), cost / limits.weight(key.tenant()));
    TenantQueue<T> queue = byTenant.get(key.tenant());
    // Without a backlog of the tenant there is no order among its adapters to keep.
    if (queue != null) {
      queue.charge(key.adapter(), cost);
    }
  }

  boolean remove(QueueTicket<T> ticket) {
    lock.lock();
    try {
      rate.advance(clock.getAsLong(), size > 0);
      return drop(ticket);
    } finally {
      lock.unlock();
    }
  }

  private boolean drop(QueueTicket<T> ticket) {
    String tenant = ticket.key().tenant();
    TenantQueue<T> queue = byTenant.get(tenant);
    if (queue == null || !queue.remove(ticket)) {
      return false;
    }
    if (queue.size() == 0) {
      byTenant.remove(tenant);
      tenants.leave(tenant);
    }
    size--;
    refused = Math.max(0, refused - 1);
    return true;
  }

  /** Clients that were refused before are ahead of the next one. */
  private QueueFullException full(String found, double share) {
    refused++;
    double seconds = refused * rate.secondsPerDeparture() / share;
    int retry = (int) Math.min(LONGEST_RETRY, Math.max(1, Math.ceil(seconds)));
    return new QueueFullException(found + " Try again in " + retry + " s.", retry);
  }

  private double share(QueueKey key) {
    double all = byTenant.keySet().stream().mapToDouble(limits::weight).sum();
    return limits.weight(key.tenant()) / all;
  }

  /** Number of entries that wait. */
  public int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /** Numbers of entries that wait, by tenant and adapter; those with none are left out. */
  public Map<QueueKey, Integer> waiting() {
    lock.lock();
    try {
      Map<QueueKey, Integer> counts = new HashMap<>();
      byTenant.forEach((tenant, queue) -> queue.count(tenant, counts));
      return Map.copyOf(counts);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more entries; those that wait are still handed out, then {@link #take} gives none. */
  public void seal() {
    lock.lock();
    try {
      sealed = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more entries and gives back those that wait, in the order of their turns. */
  public List<QueueTicket<T>> abandon() {
    lock.lock();
    try {
      seal();
      List<QueueTicket<T>> left = new ArrayList<>();
      for (QueueTicket<T> t = first(x -> true); t != null; t = first(x -> true)) {
        drop(t);
        left.add(t);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more entries, cancels those that wait and ends waiting workers. */
  @Override
  public void close() {
    abandon().forEach(QueueTicket::cancel);
  }

  private static void requireCost(double cost) {
    if (!(cost >= 0) || Double.isInfinite(cost)) {
      throw new IllegalArgumentException("A cost has to be 0 or more; found " + cost + ".");
    }
  }
}
