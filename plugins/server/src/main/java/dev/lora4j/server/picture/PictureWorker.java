package dev.lora4j.server.picture;

import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.BatchRules;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueTicket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Worker that makes the pictures of a queue, several at once where they go together. A picture that
 * cannot be made fails alone: the others of its batch are made again without it.
 */
final class PictureWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PictureWorker.class);

  private final StableDiffusion sd;
  private final FairQueue<PictureJob> queue;
  private final int batch;
  private final String name;
  private final ServerMetrics metrics;
  private volatile Set<String> adapters = Set.of();

  /**
   * A worker.
   *
   * @param name of the base, for metrics
   * @param batch how many pictures are made at once at most
   */
  PictureWorker(
      String name,
      StableDiffusion sd,
      FairQueue<PictureJob> queue,
      int batch,
      ServerMetrics metrics) {
    this.name = name;
    this.sd = sd;
    this.queue = queue;
    this.batch = batch;
    this.metrics = metrics;
  }

  /** Works until the queue is closed. */
  @Override
  public void run() {
    try {
      while (true) {
        List<QueueTicket<PictureJob>> taken = queue.take(batch, PictureWorker::together);
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

  /** Names of the adapters in the batch. */
  Set<String> adapters() {
    return adapters;
  }

  /** Pictures take their steps together if they agree in size, steps, sampler and schedule. */
  static boolean together(List<PictureJob> jobs, PictureJob other) {
    try {
      BatchRules.require(List.of(jobs.get(0).prompt(), other.prompt()));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void make(List<QueueTicket<PictureJob>> tickets) {
    try {
      List<Prompt> prompts = tickets.stream().map(t -> t.item().prompt()).toList();
      List<GeneratedImage> made = sd.generate(prompts, listener(tickets));
      for (int i = 0; i < made.size(); i++) {
        PictureJob job = tickets.get(i).item();
        finish(job);
        metrics.picture(name, "stop", job.prompt().steps(), job.seconds());
        job.result().complete(made.get(i));
      }
    } catch (CancellationException e) {
      tickets.forEach(ticket -> fail(ticket.item(), e));
    } catch (RuntimeException | Error e) {
      if (tickets.size() == 1) {
        fail(tickets.get(0).item(), e);
      } else {
        tickets.forEach(ticket -> make(List.of(ticket)));
      }
    }
  }

  /** Ends the work when nobody waits for any of the pictures. */
  private static StepListener listener(List<QueueTicket<PictureJob>> tickets) {
    return (step, of) -> {
      if (tickets.stream().allMatch(QueueTicket::cancelled)) {
        throw new CancellationException("nobody waits for the picture");
      }
      tickets.forEach(ticket -> ticket.item().listener().done(step, of));
    };
  }

  private void fail(PictureJob job, Throwable reason) {
    finish(job);
    metrics.picture(name, "abort", 0, job.seconds());
    job.result().completeExceptionally(reason);
  }

  static void finish(PictureJob job) {
    try {
      job.adapters().close();
    } catch (Exception e) {
      LOG.warn("Adapters of a picture were not given back.", e);
    }
  }
}
