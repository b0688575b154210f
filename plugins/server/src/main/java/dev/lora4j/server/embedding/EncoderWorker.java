package dev.lora4j.server.embedding;

import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueTicket;
import dev.lora4j.text.encode.EncoderText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Worker that encodes the texts of a queue, those of several requests together, each with its own
 * adapters. A request that fails fails alone: the others of its batch are encoded without it.
 */
final class EncoderWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EncoderWorker.class);

  private final String name;
  private final Function<List<EncoderText>, List<float[]>> encoding;
  private final FairQueue<EncoderJob> queue;
  private final int rows;
  private final ServerMetrics metrics;
  private volatile Set<String> adapters = Set.of();

  /**
   * A worker.
   *
   * @param name of the base, for metrics
   * @param encoding makes vectors of texts
   * @param rows how many texts are encoded at once at most
   */
  EncoderWorker(
      String name,
      Function<List<EncoderText>, List<float[]>> encoding,
      FairQueue<EncoderJob> queue,
      int rows,
      ServerMetrics metrics) {
    this.name = name;
    this.encoding = encoding;
    this.queue = queue;
    this.rows = rows;
    this.metrics = metrics;
  }

  /** Works until the queue is closed. */
  @Override
  public void run() {
    try {
      while (true) {
        List<QueueTicket<EncoderJob>> taken = queue.take(rows, this::together);
        if (taken.isEmpty()) {
          return;
        }
        taken.forEach(ticket -> metrics.waited(name, ticket.item().seconds()));
        metrics.running(name, taken.size());
        adapters = taken.stream().map(t -> t.key().adapter()).collect(Collectors.toSet());
        encode(taken);
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

  /** Names of the adapters in the batch. */
  Set<String> adapters() {
    return adapters;
  }

  private boolean together(List<EncoderJob> jobs, EncoderJob other) {
    return jobs.stream().mapToInt(job -> job.texts().size()).sum() + other.texts().size() <= rows;
  }

  private void encode(List<QueueTicket<EncoderJob>> tickets) {
    List<EncoderText> texts =
        tickets.stream().flatMap(ticket -> ticket.item().texts().stream()).toList();
    try {
      List<float[]> vectors = vectors(tickets, texts);
      int from = 0;
      for (QueueTicket<EncoderJob> ticket : tickets) {
        EncoderJob job = ticket.item();
        int to = from + job.texts().size();
        giveBack(job);
        metrics.text(name, "stop", job.tokens(), 0, job.seconds());
        job.result().complete(List.copyOf(vectors.subList(from, to)));
        from = to;
      }
    } catch (CancellationException e) {
      tickets.forEach(ticket -> fail(ticket.item(), e));
    } catch (RuntimeException | Error e) {
      if (tickets.size() == 1) {
        fail(tickets.get(0).item(), e);
      } else {
        tickets.forEach(ticket -> encode(List.of(ticket)));
      }
    }
  }

  /** Texts of like lengths together, so that little is padded. */
  private List<float[]> vectors(List<QueueTicket<EncoderJob>> tickets, List<EncoderText> texts) {
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -texts.get(i).ids().length))
            .toList();
    List<float[]> found = new ArrayList<>(Collections.nCopies(texts.size(), new float[0]));
    for (int from = 0; from < order.size(); from += rows) {
      if (tickets.stream().allMatch(QueueTicket::cancelled)) {
        throw new CancellationException("nobody waits for the embeddings");
      }
      List<Integer> batch = order.subList(from, Math.min(order.size(), from + rows));
      List<float[]> made = encoding.apply(batch.stream().map(texts::get).toList());
      for (int row = 0; row < made.size(); row++) {
        found.set(batch.get(row), made.get(row));
      }
    }
    return found;
  }

  private void fail(EncoderJob job, Throwable reason) {
    giveBack(job);
    metrics.text(name, "abort", 0, 0, job.seconds());
    job.result().completeExceptionally(reason);
  }

  static void giveBack(EncoderJob job) {
    try {
      job.adapters().close();
    } catch (Exception e) {
      LOG.warn("Adapters of embeddings were not given back.", e);
    }
  }
}
