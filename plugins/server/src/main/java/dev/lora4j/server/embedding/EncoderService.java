package dev.lora4j.server.embedding;

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
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.List;

/** One encoder of texts at the service of many clients. Whoever opens it closes it. */
public final class EncoderService implements AutoCloseable {
  private final String name;
  private final SentenceEncoder encoder;
  private final AdapterCache adapters;
  private final WorkQueue<AskedVectors, List<float[]>> work;

  /**
   * Begins to work.
   *
   * @param name by which clients call the model
   * @param encoder closed by its owner, after this
   * @param adapters those for this model
   */
  public EncoderService(
      String name,
      SentenceEncoder encoder,
      AdapterCache adapters,
      QueueLimits limits,
      ServerMetrics metrics) {
    this.name = name;
    this.encoder = encoder;
    this.adapters = adapters;
    EncoderBatches batches = new EncoderBatches(name, encoder, metrics);
    FairQueue<Job<AskedVectors, List<float[]>>> queue = new FairQueue<>(limits);
    BatchWorker<AskedVectors, List<float[]>> worker =
        new BatchWorker<>(name, queue, encoder.rows(), batches, metrics);
    work = new WorkQueue<>(name, queue, worker, metrics);
  }

  /** By which clients call the model. */
  public String name() {
    return name;
  }

  /** The model. */
  public TextClassifier model() {
    return encoder.model();
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** How many texts are encoded at once at most. */
  public int rows() {
    return encoder.rows();
  }

  /** Its queue and worker. */
  public WorkQueue<?, ?> work() {
    return work;
  }

  /** Numbers of an embedding. */
  public int width() {
    return encoder.width();
  }

  /**
   * Asks for the embeddings of texts.
   *
   * @param named adapters of all of them
   * @throws IllegalArgumentException if a text has no tokens, or more than the model reads
   * @throws dev.lora4j.server.schedule.QueueFullException if too many wait
   */
  public JobTicket<List<float[]>> submit(
      Tenant tenant, List<String> texts, List<NamedAdapter> named) {
    List<EncoderText> tokens = texts.stream().map(encoder::text).toList();
    return work.submit(
        tenant,
        LeasedAdapters.of(adapters, tenant, named),
        leased -> new AskedVectors(tokens.stream().map(text -> text.with(leased.mix())).toList()),
        AskedVectors.tokens(tokens));
  }

  /** Gives up what waits, and stops after the texts that are being encoded. */
  @Override
  public void close() {
    work.close();
  }
}
