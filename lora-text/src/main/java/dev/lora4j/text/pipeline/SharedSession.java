package dev.lora4j.text.pipeline;

import dev.lora4j.text.generate.CacheLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * A {@link TextSession} that several threads share: a thread of its own generates the texts of all
 * of them together. Each text is what {@link LanguageModel#generate(TextPrompt)} makes of its
 * prompt. Those that find no room wait, without a limit of their number, in the order in which they
 * came.
 *
 * <p>Whoever opens it closes it, before the model.
 */
public final class SharedSession implements AutoCloseable {
  private final LanguageModel model;
  private final TextSession session;
  private final Thread worker = new Thread(this::work, "lora4j-texts");

  /** Prompts that have not joined; its monitor guards {@link #closed} too. */
  private final Deque<SharedText> waiting = new ArrayDeque<>();

  private boolean closed;

  /** Texts that have joined; the worker's alone. */
  private final List<SharedText> live = new ArrayList<>();

  private SharedSession(LanguageModel model, CacheLimits limits) {
    this.model = model;
    this.session = model.session(limits);
    worker.setDaemon(true);
  }

  /**
   * Opens a session and begins to work.
   *
   * @param limits how many texts are generated at once, and what they keep
   * @throws IllegalArgumentException if the model has an encoder
   */
  public static SharedSession open(LanguageModel model, CacheLimits limits) {
    SharedSession shared = new SharedSession(model, limits);
    shared.worker.start();
    return shared;
  }

  /** The model. */
  public LanguageModel model() {
    return model;
  }

  /** {@link #submit(TextPrompt, Consumer)}, unheard. */
  public SharedText submit(TextPrompt prompt) {
    return submit(prompt, piece -> {});
  }

  /**
   * Asks for a text.
   *
   * @param prompt whose {@linkplain LanguageModel#readable messages are joined} if the model has no
   *     chat template
   * @param listener receives the text as it comes, on the worker's thread: all other texts wait
   *     while it runs
   * @throws IllegalArgumentException if the prompt is empty, or leaves no room in the model's
   *     longest sequence
   * @throws IllegalStateException if the session is closed
   */
  public SharedText submit(TextPrompt prompt, Consumer<String> listener) {
    TextPrompt readable = model.readable(prompt);
    SharedText text = new SharedText(readable, model.ids(readable).length, listener);
    synchronized (waiting) {
      if (closed) {
        throw new IllegalStateException("The session is closed; open another one.");
      }
      waiting.add(text);
      waiting.notifyAll();
    }
    return text;
  }

  private void work() {
    try {
      while (take()) {
        live.forEach(SharedText::passOn);
        session.step().forEach(done -> live.removeIf(text -> text.completed(done)));
      }
      end(new CancellationException("The session was closed before the text was done."));
    } catch (RuntimeException | InterruptedException | Error e) {
      // What ends the worker reaches those who wait for it.
      end(e);
    } finally {
      session.close();
    }
  }

  /** Lets join what there is room for; waits while there is nothing to do. False at the end. */
  private boolean take() throws InterruptedException {
    do {
      synchronized (waiting) {
        while (!closed && waiting.isEmpty() && live.isEmpty()) {
          waiting.wait();
        }
        if (closed) {
          return false;
        }
        waiting.removeIf(SharedText::givenUp);
      }
      join();
    } while (live.isEmpty());
    return true;
  }

  private void join() {
    for (Optional<SharedText> next = first(); next.isPresent(); next = first()) {
      SharedText text = next.get();
      try {
        if (text.join(session)) {
          live.add(text);
        } else {
          return;
        }
      } catch (RuntimeException e) {
        text.fail(e);
      }
      synchronized (waiting) {
        waiting.removeFirst();
      }
    }
  }

  private Optional<SharedText> first() {
    synchronized (waiting) {
      return Optional.ofNullable(waiting.peekFirst());
    }
  }

  private void end(Throwable reason) {
    List<SharedText> left = new ArrayList<>(live);
    synchronized (waiting) {
      closed = true;
      left.addAll(waiting);
      waiting.clear();
    }
    left.forEach(text -> text.fail(reason));
  }

  /** Gives up all texts that are not done. */
  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
    boolean interrupted = false;
    while (worker.isAlive() && Thread.currentThread() != worker) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
