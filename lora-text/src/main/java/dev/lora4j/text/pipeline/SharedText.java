package dev.lora4j.text.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Text of a {@link SharedSession}: one that was asked for, and what becomes of it. */
public final class SharedText {
  private final TextPrompt prompt;
  private final int promptTokens;
  private final Consumer<String> listener;
  private final CompletableFuture<Completion> completion = new CompletableFuture<>();
  private volatile boolean cancelled;

  /** The text in the session, once it has joined; the worker's alone. */
  private Optional<SessionText> joined = Optional.empty();

  SharedText(TextPrompt prompt, int promptTokens, Consumer<String> listener) {
    this.prompt = prompt;
    this.promptTokens = promptTokens;
    this.listener = listener;
  }

  /** Number of tokens of its prompt. */
  public int promptTokens() {
    return promptTokens;
  }

  /**
   * The completion, when it is done; that of a {@linkplain #cancel() cancelled} text has what came
   * until then. It fails with what the text failed with, as {@link SessionText#failure} says, or
   * with a {@link CancellationException} if the session was closed. What depends on it runs on the
   * worker's thread.
   */
  public CompletionStage<Completion> completion() {
    return completion;
  }

  /** Ends it before its next token; without effect if it is done. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Waits for the completion.
   *
   * @throws CancellationException if the calling thread is interrupted, which cancels the text and
   *     leaves the thread interrupted; or if the session was closed
   */
  public Completion await() {
    try {
      return completion.get();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw new CancellationException("Waiting for a text was interrupted.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("The text failed.", e.getCause());
    }
  }

  /** Joins the session; false if there is no room. */
  boolean join(TextSession session) {
    joined = session.join(prompt, "", listener);
    return joined.isPresent();
  }

  /** Completes it without a text if it was cancelled before it joined; returns true if so. */
  boolean givenUp() {
    return cancelled
        && completion.complete(
            new Completion("", List.of(), promptTokens, Completion.Ending.CANCELLED));
  }

  void passOn() {
    if (cancelled) {
      joined.ifPresent(SessionText::cancel);
    }
  }

  /** Completes it if this is its text; returns true if so. */
  boolean completed(SessionText done) {
    if (joined.filter(done::equals).isEmpty()) {
      return false;
    }
    done.failure().ifPresent(completion::completeExceptionally);
    done.completion().ifPresent(completion::complete);
    return true;
  }

  void fail(Throwable reason) {
    completion.completeExceptionally(reason);
  }
}
