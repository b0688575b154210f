package dev.lora4j.server.embedding;

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
import dev.lora4j.text.encode.EncoderPrograms;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.TextEncoding;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

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
  private final ServerMetrics metrics;
  private final SentencePooling pooling;
  private final FairQueue<EncoderJob> queue;
  private final EncoderWorker work;
  private final WorkerThread worker;

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
    this.metrics = metrics;
    pooling = SentencePooling.of(model.base().path(), model.network().longest());
    queue = new FairQueue<>(limits);
    TextEncoding encoding =
        new TextEncoding(new EncoderPrograms(model.scope(), model.base(), model.network()));
    work =
        new EncoderWorker(
            name, texts -> encoding.of(pooling.output(), texts), queue, ROWS, metrics);
    worker = WorkerThread.start("lora4j-embeddings-" + name, work);
  }

  /** By which clients call the model. */
  public String name() {
    return name;
  }

  /** Returns true while it works; false for ever once its worker has failed. */
  public boolean alive() {
    return worker.alive();
  }

  /** The model. */
  public TextClassifier model() {
    return model;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** Names of the adapters of texts that are being encoded. */
  public Set<String> adaptersAtWork() {
    return work.adapters();
  }

  /** How many texts are encoded at once at most. */
  public int rows() {
    return ROWS;
  }

  /** The requests that wait. */
  public FairQueue<?> queue() {
    return queue;
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
   * @throws QueueFullException if too many wait
   */
  public EncoderTicket submit(Tenant tenant, List<String> texts, List<NamedAdapter> named) {
    List<EncoderText> tokens = texts.stream().map(this::tokens).toList();
    LeasedAdapters leased = LeasedAdapters.of(adapters, tenant, named);
    try {
      EncoderJob job =
          new EncoderJob(
              tokens.stream().map(text -> text.with(leased.mix())).toList(),
              leased,
              System.nanoTime(),
              new CompletableFuture<>());
      QueueKey account = new QueueKey(tenant.name(), leased.names());
      return new EncoderTicket(queue.offer(account, job.tokens(), job));
    } catch (QueueFullException e) {
      leased.close();
      metrics.refused(name);
      throw e;
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
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
    queue
        .abandon()
        .forEach(
            ticket -> {
              EncoderWorker.giveBack(ticket.item());
              ticket.item().result().cancel(false);
            });
    worker.stop();
  }
}
