package dev.lora4j.server.text;

import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.BatchRule;
import dev.lora4j.server.schedule.FairQueue;
import dev.lora4j.server.schedule.QueueTicket;
import dev.lora4j.server.work.Job;
import dev.lora4j.server.work.Worker;
import dev.lora4j.text.generate.PrefixCounts;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.SessionText;
import dev.lora4j.text.pipeline.TextSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Worker that generates the texts of a queue together. A text that fails fails alone. */
final class TextWorker implements Worker {
  /** What a generated token is charged, where one that is read costs 1. */
  private static final double GENERATED = 2;

  private final String name;
  private final TextSession session;
  private final FairQueue<Job<AskedText, Completion>> queue;
  private final int rows;
  private final ServerMetrics metrics;

  /** Taken from the queue while there was no room in the batch. */
  private final Deque<QueueTicket<Job<AskedText, Completion>>> held = new ArrayDeque<>();

  private final Map<SessionText, QueueTicket<Job<AskedText, Completion>>> live =
      new LinkedHashMap<>();
  private volatile Set<String> adapters = Set.of();
  private volatile PrefixCounts prefixes = new PrefixCounts(0, 0, 0);

  /**
   * A worker.
   *
   * @param name of the base, for metrics
   * @param rows how many texts are generated at once at most
   */
  TextWorker(
      String name,
      TextSession session,
      FairQueue<Job<AskedText, Completion>> queue,
      int rows,
      ServerMetrics metrics) {
    this.name = name;
    this.session = session;
    this.queue = queue;
    this.rows = rows;
    this.metrics = metrics;
  }

  /** Works until the queue is closed, and the texts that have joined are done. */
  @Override
  public void run() {
    try {
      while (take()) {
        join();
        adapters =
            live.values().stream()
                .map(ticket -> ticket.key().adapter())
                .collect(Collectors.toSet());
        live.forEach(TextWorker::passOn);
        step();
      }
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Whatever ended the work, nobody is left waiting.
      CancellationException stopped = new CancellationException("The server was stopped.");
      held.addAll(queue.abandon());
      held.forEach(ticket -> fail(ticket.item(), stopped));
      live.values().forEach(ticket -> fail(ticket.item(), stopped));
    }
  }

  /** As of the last step. */
  @Override
  public Set<String> adapters() {
    return adapters;
  }

  /** Counts of the cache of prefixes, as of the last step. */
  PrefixCounts prefixes() {
    return prefixes;
  }

  /** Takes what there is; waits while there is nothing to do. Returns false at the end. */
  private boolean take() throws InterruptedException {
    if (live.isEmpty() && held.isEmpty()) {
      adapters = Set.of();
      held.addAll(queue.take(rows, BatchRule.any()));
      return !held.isEmpty();
    }
    if (held.isEmpty()) {
      held.addAll(queue.poll(rows - live.size(), BatchRule.any()));
    }
    return true;
  }

  private static void passOn(SessionText text, QueueTicket<Job<AskedText, Completion>> ticket) {
    if (ticket.cancelled()) {
      text.cancel();
    }
  }

  private void join() {
    while (!held.isEmpty()) {
      QueueTicket<Job<AskedText, Completion>> next = held.getFirst();
      Job<AskedText, Completion> job = next.item();
      try {
        if (next.cancelled()) {
          throw new CancellationException("nobody waits for the text");
        }
        Optional<SessionText> joined =
            session.join(job.request().prompt(), next.key().tenant(), listener(next));
        if (joined.isEmpty()) {
          return;
        }
        live.put(joined.get(), next);
        job.request().feed().joined();
        metrics.waited(name, job.seconds());
        metrics.running(name, 1);
      } catch (RuntimeException e) {
        fail(job, e);
      }
      held.removeFirst();
    }
  }

  /** Measures the first piece of a text. */
  private Consumer<String> listener(QueueTicket<Job<AskedText, Completion>> ticket) {
    Job<AskedText, Completion> job = ticket.item();
    boolean[] begun = new boolean[1];
    return piece -> {
      if (!begun[0]) {
        begun[0] = true;
        metrics.firstToken(name, job.seconds());
      }
      job.request().listener().accept(piece);
    };
  }

  private void step() {
    if (live.isEmpty()) {
      return;
    }
    List<SessionText> done = new ArrayList<>(session.step());
    prefixes = session.prefixes();
    live.values().forEach(ticket -> queue.charge(ticket.key(), GENERATED));
    live.forEach(
        (text, ticket) -> ticket.item().request().feed().advance(text, done.contains(text)));
    for (SessionText text : done) {
      Optional.ofNullable(live.remove(text)).ifPresent(ticket -> end(text, ticket.item()));
    }
  }

  private void end(SessionText text, Job<AskedText, Completion> job) {
    metrics.running(name, -1);
    if (text.failure().isPresent()) {
      fail(job, text.failure().get());
      return;
    }
    Completion completion = text.completion().orElseThrow();
    metrics.text(
        name,
        reason(completion),
        completion.promptTokens(),
        completion.tokens().size(),
        job.seconds());
    job.complete(completion);
  }

  private static String reason(Completion completion) {
    return switch (completion.ending()) {
      case LENGTH -> "length";
      case CANCELLED -> "abort";
      default -> "stop";
    };
  }

  private void fail(Job<AskedText, Completion> job, RuntimeException reason) {
    metrics.text(name, "abort", 0, 0, job.seconds());
    job.fail(reason);
  }
}
