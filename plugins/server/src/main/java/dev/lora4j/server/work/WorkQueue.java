package dev.lora4j.server.work;

import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueFullException;
import dev.lora4j.server.schedule.QueueKey;
import java.util.Set;
import java.util.function.Function;

/**
 * The work of one base: its queue, and the thread that does it. Whoever opens it closes it.
 *
 * @param <Q> what is asked for
 * @param <R> what comes of it
 */
public final class WorkQueue<Q, R> implements AutoCloseable {
  private final String name;
  private final FairQueue<Job<Q, R>> queue;
  private final Worker worker;
  private final ServerMetrics metrics;
  private final WorkerThread thread;

  /**
   * Begins to work.
   *
   * @param name of the base
   * @param worker takes from the queue
   */
  public WorkQueue(String name, FairQueue<Job<Q, R>> queue, Worker worker, ServerMetrics metrics) {
    this.name = name;
    this.queue = queue;
    this.worker = worker;
    this.metrics = metrics;
    thread = WorkerThread.start("lora4j-" + name, worker);
  }

  /**
   * Asks for work.
   *
   * @param leased its adapters, which are given back when it ends or is refused
   * @param request makes what is asked for of the adapters
   * @param cost what it is charged when it is taken
   * @throws QueueFullException if too much waits
   * @throws dev.lora4j.server.schedule.QueueClosedException if the server is being stopped
   */
  public JobTicket<R> submit(
      Tenant tenant, LeasedAdapters leased, Function<LeasedAdapters, Q> request, double cost) {
    try {
      Job<Q, R> job = new Job<>(request.apply(leased), cost, leased);
      return new JobTicket<>(queue.offer(new QueueKey(tenant.name(), leased.names()), cost, job));
    } catch (QueueFullException e) {
      leased.close();
      metrics.refused(name);
      throw e;
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
  }

  /** Returns true while it works; false for ever once its worker has failed. */
  public boolean alive() {
    return thread.alive();
  }

  /** Names of the adapters that are at work. */
  public Set<String> adaptersAtWork() {
    return worker.adapters();
  }

  /** What waits. */
  public FairQueue<?> waiting() {
    return queue;
  }

  /** Gives up what waits, and stops what is being done as soon as its worker can. */
  @Override
  public void close() {
    queue.abandon().forEach(ticket -> ticket.item().giveUp());
    thread.stop();
  }
}
