package dev.lora4j.server.text;

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
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.PrefixCounts;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.pipeline.TextSession;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One language model at the service of many clients. Whoever opens it closes it. */
public final class TextService implements AutoCloseable {
  private final String name;
  private final LanguageModel model;
  private final AdapterCache adapters;
  private final ServerMetrics metrics;
  private final int rows;
  private final FairQueue<TextJob> queue;
  private final TextSession session;
  private final TextWorker work;
  private final WorkerThread worker;

  /**
   * Begins to work.
   *
   * @param name by which clients call the model
   * @param model closed by its owner, after this
   * @param adapters those for this model
   * @param room for texts that are generated at once
   */
  public TextService(
      String name,
      LanguageModel model,
      AdapterCache adapters,
      QueueLimits limits,
      CacheLimits room,
      ServerMetrics metrics) {
    this.name = name;
    this.model = model;
    this.adapters = adapters;
    this.metrics = metrics;
    rows = room.rows();
    queue = new FairQueue<>(limits);
    session = model.session(room);
    work = new TextWorker(name, session, queue, rows, metrics);
    worker = WorkerThread.start("lora4j-texts-" + name, work);
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
  public LanguageModel model() {
    return model;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** Names of the adapters of texts that are being generated. */
  public Set<String> adaptersAtWork() {
    return work.adapters();
  }

  /** How many texts are generated at once at most. */
  public int rows() {
    return rows;
  }

  /** The texts that wait. */
  public FairQueue<?> queue() {
    return queue;
  }

  /**
   * Asks for a text.
   *
   * @param prompt without adapters
   * @param named its adapters
   * @param listener receives the text as it comes, on the worker's thread; it must not block
   * @throws IllegalArgumentException if the prompt is empty or too long
   * @throws QueueFullException if too many wait
   */
  public TextTicket submit(
      Tenant tenant, TextPrompt prompt, List<NamedAdapter> named, Consumer<String> listener) {
    TextPrompt readable = readable(prompt);
    int tokens = tokens(readable);
    LeasedAdapters leased = LeasedAdapters.of(adapters, tenant, named);
    return submit(tenant, readable, tokens, leased, listener, TokenListener.NONE);
  }

  /**
   * Asks for a text whose tokens are told one by one.
   *
   * @param prompt without adapters
   * @param leased its adapters, which are given back when the text is done, given up or refused
   * @throws IllegalArgumentException if the prompt is empty or too long
   * @throws QueueFullException if too many wait
   */
  public TextTicket submit(
      Tenant tenant, TextPrompt prompt, LeasedAdapters leased, TokenListener listener) {
    TextPrompt readable;
    int tokens;
    try {
      readable = readable(prompt);
      tokens = tokens(readable);
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
    return submit(tenant, readable, tokens, leased, piece -> {}, listener);
  }

  private TextTicket submit(
      Tenant tenant,
      TextPrompt readable,
      int tokens,
      LeasedAdapters leased,
      Consumer<String> pieces,
      TokenListener steps) {
    try {
      TextJob job =
          new TextJob(
              readable.mix(leased.mix()),
              pieces,
              new TokenFeed(steps),
              leased,
              System.nanoTime(),
              new CompletableFuture<>());
      QueueKey account = new QueueKey(tenant.name(), leased.names());
      return new TextTicket(queue.offer(account, tokens, job));
    } catch (QueueFullException e) {
      leased.close();
      metrics.refused(name);
      throw e;
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
  }

  /** Counts of the cache of prefixes. */
  public PrefixCounts prefixes() {
    return work.prefixes();
  }

  /** True if chats are read by the model's own template; else their messages follow each other. */
  public boolean hasTemplate() {
    return model.template().isPresent();
  }

  private TextPrompt readable(TextPrompt prompt) {
    if (prompt.messages().isEmpty() || hasTemplate()) {
      return prompt;
    }
    String text =
        prompt.messages().stream().map(ChatMessage::content).collect(Collectors.joining("\n"));
    return new TextPrompt(
        text,
        List.of(),
        prompt.maxNewTokens(),
        prompt.sampling(),
        prompt.stops(),
        prompt.seed(),
        prompt.mix(),
        prompt.logProbabilities());
  }

  /** Messages name the model, not where it lies on this machine. */
  private int tokens(TextPrompt prompt) {
    try {
      return model.ids(prompt).length;
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(message.replace(model.base().path().toString(), name), e);
    }
  }

  /**
   * Takes no more texts and waits for those that were asked for.
   *
   * @return whether all came to their ends in time
   */
  public boolean drain(Duration most) throws InterruptedException {
    queue.seal();
    return worker.await(most);
  }

  /** Gives up what waits, and ends what is being generated. */
  @Override
  public void close() {
    queue
        .abandon()
        .forEach(
            ticket -> {
              TextWorker.giveBack(ticket.item());
              ticket.item().result().cancel(false);
            });
    worker.stop();
    session.close();
  }
}
