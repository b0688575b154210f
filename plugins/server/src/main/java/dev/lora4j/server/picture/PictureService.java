package dev.lora4j.server.picture;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.server.work.BatchWorker;
import dev.lora4j.server.work.Job;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.server.work.WorkQueue;
import java.util.List;

/** One base of pictures at the service of many clients. Whoever opens it closes it. */
public final class PictureService implements AutoCloseable {
  private final String name;
  private final StableDiffusion sd;
  private final BaseOutline outline;
  private final AdapterCache adapters;
  private final int batch;
  private final WorkQueue<AskedPicture, GeneratedImage> work;

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
    this.batch = batch;
    FairQueue<Job<AskedPicture, GeneratedImage>> queue = new FairQueue<>(limits);
    PictureBatches batches = new PictureBatches(name, sd, metrics);
    work =
        new WorkQueue<>(
            name, queue, new BatchWorker<>(name, queue, batch, batches, metrics), metrics);
  }

  /** By which clients call the base. */
  public String name() {
    return name;
  }

  /** The base. */
  public StableDiffusion base() {
    return sd;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** How many pictures are made at once at most. */
  public int rows() {
    return batch;
  }

  /** Its queue and worker. */
  public WorkQueue<?, ?> work() {
    return work;
  }

  /**
   * Asks for a picture.
   *
   * @param prompt without adapters; the route and the order of its plan are theirs
   * @param named its adapters
   * @param listener receives the steps, on the worker's thread; it must not block
   * @throws IllegalArgumentException if the base cannot make it
   * @throws dev.lora4j.server.schedule.QueueFullException if too many wait
   */
  public JobTicket<GeneratedImage> submit(
      Tenant tenant, Prompt prompt, List<NamedAdapter> named, StepListener listener) {
    prompt.requireFits(outline);
    Prompt completed = sd.completed(prompt);
    MixPlan none = completed.mix();
    return work.submit(
        tenant,
        LeasedAdapters.of(adapters, tenant, named),
        leased -> new AskedPicture(completed.mix(none.parts(leased.mix().parts())), listener),
        AskedPicture.cost(completed));
  }

  /** Gives up what waits, and stops what is being made at its next step. */
  @Override
  public void close() {
    work.close();
  }
}
