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
import dev.lora4j.text.encode.EncoderPrograms;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.TextEncoding;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.List;

/**
 * One encoder of texts at the service of many clients. Its embeddings are what
 * sentence-transformers makes with the folder's {@code modules.json}; without that file, the mean
 * of each text's tokens, not normed. Whoever opens it closes it.
 */
public final class EncoderService implements AutoCloseable {
  /** How many texts are encoded at once at most. */
  private static final int ROWS = 32;

  private final String name;
  private final TextClassifier model;
  private final AdapterCache adapters;
  private final SentencePooling pooling;
  private final WorkQueue<AskedVectors, List<float[]>> work;

  /**
   * Begins to work.
   *
   * @param name by which clients call the model
   * @param model closed by its owner, after this; a head for classes is of no effect
   * @param adapters those for this model
   * @throws dev.lora4j.core.model.ModelException if the folder's way to one vector is not known
   */
  public EncoderService(
      String name,
      TextClassifier model,
      AdapterCache adapters,
      QueueLimits limits,
      ServerMetrics metrics) {
    this.name = name;
    this.model = model;
    this.adapters = adapters;
    pooling = SentencePooling.of(model.base().path(), model.network().longest());
    TextEncoding encoding =
        new TextEncoding(new EncoderPrograms(model.scope(), model.base(), model.network()));
    EncoderBatches batches =
        new EncoderBatches(name, texts -> encoding.of(pooling.output(), texts), ROWS, metrics);
    FairQueue<Job<AskedVectors, List<float[]>>> queue = new FairQueue<>(limits);
    work =
        new WorkQueue<>(
            name, queue, new BatchWorker<>(name, queue, ROWS, batches, metrics), metrics);
  }

  /** By which clients call the model. */
  public String name() {
    return name;
  }

  /** The model. */
  public TextClassifier model() {
    return model;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** How many texts are encoded at once at most. */
  public int rows() {
    return ROWS;
  }

  /** Its queue and worker. */
  public WorkQueue<?, ?> work() {
    return work;
  }

  /** Numbers of an embedding. */
  public int width() {
    return model.network().width();
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
    List<EncoderText> tokens = texts.stream().map(this::tokens).toList();
    return work.submit(
        tenant,
        LeasedAdapters.of(adapters, tenant, named),
        leased -> new AskedVectors(tokens.stream().map(text -> text.with(leased.mix())).toList()),
        AskedVectors.tokens(tokens));
  }

  private EncoderText tokens(String text) {
    int[] ids = model.tokenizer().encode(text);
    if (ids.length == 0 || ids.length > pooling.longest()) {
      throw new IllegalArgumentException(
          "A text has "
              + ids.length
              + " tokens; "
              + name
              + " reads 1 to "
              + pooling.longest()
              + ". "
              + (ids.length == 0 ? "Leave it out." : "Cut it."));
    }
    return EncoderText.of(ids);
  }

  /** The embedding that a vector is. */
  public float[] embedding(float[] vector) {
    return pooling.embedding(vector);
  }

  /** Gives up what waits, and stops after the texts that are being encoded. */
  @Override
  public void close() {
    work.close();
  }
}
