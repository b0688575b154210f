package dev.lora4j.server.picture;

import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueFullException;
import dev.lora4j.server.schedule.QueueKey;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.server.schedule.WorkerThread;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One base of pictures at the service of many clients. Whoever opens it closes it. */
public final class PictureService implements AutoCloseable {
  private final String name;
  private final StableDiffusion sd;
  private final BaseOutline outline;
  private final AdapterCache adapters;
  private final ServerMetrics metrics;
  private final int batch;
  private final FairQueue<PictureJob> queue;
  private final PictureWorker work;
  private final WorkerThread worker;

  /**
   * Begins to work.
   *
   * @param name by which clients call the base
   * @param sd closed by its owner, after this
   * @param adapters those for this base
   * @param batch how many pictures are made at once at most
   */
  public PictureService(
      String name,
      StableDiffusion sd,
      BaseOutline outline,
      AdapterCache adapters,
      QueueLimits limits,
      int batch,
      ServerMetrics metrics) {
    this.name = name;
    this.sd = sd;
    this.outline = outline;
    this.adapters = adapters;
    this.metrics = metrics;
    this.batch = batch;
    queue = new FairQueue<>(limits);
    work = new PictureWorker(name, sd, queue, batch, metrics);
    worker = WorkerThread.start("lora4j-pictures-" + name, work);
  }

  /** By which clients call the base. */
  public String name() {
    return name;
  }

  /** Returns true while it works; false for ever once its worker has failed. */
  public boolean alive() {
    return worker.alive();
  }

  /** The base. */
  public StableDiffusion base() {
    return sd;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** Names of the adapters of pictures that are being made. */
  public Set<String> adaptersAtWork() {
    return work.adapters();
  }

  /** How many pictures are made at once at most. */
  public int rows() {
    return batch;
  }

  /** The pictures that wait. */
  public FairQueue<?> queue() {
    return queue;
  }

  /**
   * Asks for a picture.
   *
   * @param prompt without adapters
   * @param named its adapters
   * @param listener receives the steps, on the worker's thread; it must not block
   * @throws IllegalArgumentException if the base cannot make it
   * @throws QueueFullException if too many wait
   */
  public PictureTicket submit(
      Tenant tenant, Prompt prompt, List<NamedAdapter> named, StepListener listener) {
    prompt.requireFits(outline);
    LeasedAdapters leased = LeasedAdapters.of(adapters, tenant, named);
    try {
      PictureJob job =
          new PictureJob(
              sd.completed(prompt).mix(leased.mix()),
              listener,
              leased,
              System.nanoTime(),
              new CompletableFuture<>());
      QueueKey account = new QueueKey(tenant.name(), leased.names());
      return new PictureTicket(queue.offer(account, job.cost(), job));
    } catch (QueueFullException e) {
      leased.close();
      metrics.refused(name);
      throw e;
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
  }

  /**
   * Takes no more pictures and waits for those that were asked for.
   *
   * @return whether all were made in time
   */
  public boolean drain(Duration most) throws InterruptedException {
    queue.seal();
    return worker.await(most);
  }

  /** Gives up what waits, and stops what is being made at its next step. */
  @Override
  public void close() {
    queue
        .abandon()
        .forEach(
            ticket -> {
              PictureWorker.finish(ticket.item());
              ticket.item().result().cancel(false);
            });
    worker.stop();
  }
}
