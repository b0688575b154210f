package dev.lora4j.server.text;

import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.server.work.Job;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.server.work.WorkQueue;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.PrefixCounts;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.pipeline.TextSession;
import java.util.List;
import java.util.function.Consumer;

/** One language model at the service of many clients. Whoever opens it closes it. */
public final class TextService implements AutoCloseable {
  private final String name;
  private final LanguageModel model;
  private final AdapterCache adapters;
  private final int rows;
  private final TextSession session;
  private final TextWorker worker;
  private final WorkQueue<AskedText, Completion> work;

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
    rows = room.rows();
    session = model.session(room);
    FairQueue<Job<AskedText, Completion>> queue = new FairQueue<>(limits);
    worker = new TextWorker(name, session, queue, rows, metrics);
    work = new WorkQueue<>(name, queue, worker, metrics);
  }

  /** By which clients call the model. */
  public String name() {
    return name;
  }

  /** The model. */
  public LanguageModel model() {
    return model;
  }

  /** The adapters for it. */
  public AdapterCache adapters() {
    return adapters;
  }

  /** How many texts are generated at once at most. */
  public int rows() {
    return rows;
  }

  /** Its queue and worker. */
  public WorkQueue<?, ?> work() {
    return work;
  }

  /**
   * Asks for a text.
   *
   * @param prompt without adapters
   * @param named its adapters
   * @param listener receives the text as it comes, on the worker's thread; it must not block
   * @throws IllegalArgumentException if the prompt is empty or too long
   * @throws dev.lora4j.server.schedule.QueueFullException if too many wait
   */
  public JobTicket<Completion> submit(
      Tenant tenant, TextPrompt prompt, List<NamedAdapter> named, Consumer<String> listener) {
    TextPrompt readable = model.readable(prompt);
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
   * @throws dev.lora4j.server.schedule.QueueFullException if too many wait
   */
  public JobTicket<Completion> submit(
      Tenant tenant, TextPrompt prompt, LeasedAdapters leased, TokenListener listener) {
    TextPrompt readable;
    int tokens;
    try {
      readable = model.readable(prompt);
      tokens = tokens(readable);
    } catch (RuntimeException | Error e) {
      leased.close();
      throw e;
    }
    return submit(tenant, readable, tokens, leased, piece -> {}, listener);
  }

  private JobTicket<Completion> submit(
      Tenant tenant,
      TextPrompt readable,
      int tokens,
      LeasedAdapters leased,
      Consumer<String> pieces,
      TokenListener steps) {
    return work.submit(
        tenant,
        leased,
        adapted -> new AskedText(readable.mix(adapted.mix()), pieces, new TokenFeed(steps)),
        tokens);
  }

  /** Counts of the cache of prefixes. */
  public PrefixCounts prefixes() {
    return worker.prefixes();
  }

  /** True if chats are read by the model's own template; else their messages follow each other. */
  public boolean hasTemplate() {
    return model.template().isPresent();
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

  /** Gives up what waits, and ends what is being generated. */
  @Override
  public void close() {
    work.close();
    session.close();
  }
}
