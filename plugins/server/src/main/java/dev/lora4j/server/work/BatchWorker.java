package dev.lora4j.server.work;

import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueTicket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * Worker that takes what can be done together and does it at once. What cannot be done fails alone:
 * the others of its batch are done again without it.
 *
 * @param <Q> what is asked for
 * @param <R> what comes of it
 */
public final class BatchWorker<Q, R> implements Worker {
  private final String name;
  private final FairQueue<Job<Q, R>> queue;
  private final int rows;
  private final BatchMaker<Q, R> maker;
  private final ServerMetrics metrics;
  private volatile Set<String> adapters = Set.of();

  /**
   * A worker.
   *
   * @param name of the base, for metrics
   * @param rows how many requests are taken at once at most
   */
  public BatchWorker(
      String name,
      FairQueue<Job<Q, R>> queue,
      int rows,
      BatchMaker<Q, R> maker,
      ServerMetrics metrics) {
    this.name = name;
    this.queue = queue;
    this.rows = rows;
    this.maker = maker;
    this.metrics = metrics;
  }

  /** Works until the queue is closed. */
  @Override
  public void run() {
    try {
      while (true) {
        List<QueueTicket<Job<Q, R>>> taken = queue.take(rows, this::together);
        if (taken.isEmpty()) {
          return;
        }
        taken.forEach(ticket -> metrics.waited(name, ticket.item().seconds()));
        metrics.running(name, taken.size());
        adapters = taken.stream().map(t -> t.key().adapter()).collect(Collectors.toSet());
        make(taken);
        adapters = Set.of();
        metrics.running(name, -taken.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Whatever ended the work, nobody is left waiting.
      CancellationException stopped = new CancellationException("The server was stopped.");
      queue.abandon().forEach(ticket -> fail(ticket.item(), stopped));
    }
  }

  @Override
  public Set<String> adapters() {
    return adapters;
  }

  private boolean together(List<Job<Q, R>> jobs, Job<Q, R> other) {
    return maker.together(jobs.stream().map(Job::request).toList(), other.request());
  }

  private void make(List<QueueTicket<Job<Q, R>>> tickets) {
    List<Job<Q, R>> jobs = tickets.stream().map(QueueTicket::item).toList();
    try {
      List<R> made =
          maker.make(
              jobs.stream().map(Job::request).toList(),
              () -> tickets.stream().allMatch(QueueTicket::cancelled));
      for (int i = 0; i < jobs.size(); i++) {
        maker.ended(jobs.get(i), true);
        jobs.get(i).complete(made.get(i));
      }
    } catch (CancellationException e) {
      jobs.forEach(job -> fail(job, e));
    } catch (RuntimeException | Error e) {
      if (jobs.size() == 1) {
        fail(jobs.get(0), e);
      } else {
        tickets.forEach(ticket -> make(List.of(ticket)));
      }
    }
  }

  private void fail(Job<Q, R> job, Throwable reason) {
    maker.ended(job, false);
    job.fail(reason);
  }
}
