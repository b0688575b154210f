package dev.lora4j.server.schedule;

/**
 * Entry of a queue, waiting or taken.
 *
 * <p>May be used from several threads.
 */
public final class QueueTicket<T> {
  private final FairQueue<T> queue;
  private final QueueKey key;
  private final double cost;
  private final T item;
  private volatile boolean cancelled;
  private int overtaken;

  QueueTicket(FairQueue<T> queue, QueueKey key, double cost, T item) {
    this.queue = queue;
    this.key = key;
    this.cost = cost;
    this.item = item;
  }

  /** The account that it is charged to. */
  public QueueKey key() {
    return key;
  }

  /** What is charged when it is taken. */
  public double cost() {
    return cost;
  }

  /** The work. */
  public T item() {
    return item;
  }

  /**
   * Gives the work up. An entry that waits leaves the queue and costs nothing; for one that was
   * taken, the worker finds {@link #cancelled} and stops when it can.
   *
   * @return true if it was waiting
   */
  public boolean cancel() {
    cancelled = true;
    return queue.remove(this);
  }

  /** Returns true if it was given up. */
  public boolean cancelled() {
    return cancelled;
  }

  /** How often others were taken in its turn; guarded by the queue. */
  int overtaken() {
    return overtaken;
  }

  void overtake() {
    overtaken++;
  }
}
