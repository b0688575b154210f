package dev.lora4j.server.picture;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.FewSteps;
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
import java.util.Optional;

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
   * Use that a request's adapters for few steps state, which counts for what the request does not
   * say; as {@link FewSteps#of(MixPlan)} has it.
   *
   * @throws dev.lora4j.server.library.UnknownAdapterException if the tenant can use none of a name
   * @throws dev.lora4j.server.library.UnusableAdapterException if one does not fit the base
   */
  public Optional<FewSteps> fewSteps(Tenant tenant, List<NamedAdapter> named) {
    try (LeasedAdapters leased = LeasedAdapters.of(adapters, tenant, named)) {
      return FewSteps.of(leased.mix());
    }
  }

  /**
   * Asks for a picture.
   *
   * @param prompt without adapters; the route and the order of its plan are theirs. Sampler, steps
   *     and guidance scale that it does not name are those of its adapters, or else of the base
   * @param named its adapters
   * @param listener receives the steps, on the worker's thread; it must not block
   * @throws IllegalArgumentException if the base cannot make it
   * @throws dev.lora4j.server.schedule.QueueFullException if too many wait
   */
  public JobTicket<GeneratedImage> submit(
      Tenant tenant, Prompt prompt, List<NamedAdapter> named, StepListener listener) {
    LeasedAdapters leased = LeasedAdapters.of(adapters, tenant, named);
    Prompt completed;
    try {
      completed = sd.completed(prompt.mix(prompt.mix().parts(leased.mix().parts())));
      completed.requireFits(outline);
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
    return work.submit(
        tenant,
        leased,
        with -> new AskedPicture(completed, listener),
        AskedPicture.cost(completed));
  }

  /** Gives up what waits, and stops what is being made at its next step. */
  @Override
  public void close() {
    work.close();
  }
}
