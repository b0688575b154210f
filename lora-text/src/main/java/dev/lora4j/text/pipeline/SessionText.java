package dev.lora4j.text.pipeline;

import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRow;
import java.util.Optional;

/**
 * Text of a {@link TextSession}: a prompt that has joined, and what becomes of it.
 *
 * <p>For the thread that steps; any thread may cancel it.
 */
public final class SessionText {
  private final PromptedText text;
  private final GenerationRow row;
  private Optional<Completion> completion = Optional.empty();
  private Optional<RuntimeException> failure = Optional.empty();

  SessionText(PromptedText text, GenerationRow row) {
    this.text = text;
    this.row = row;
  }

  /** Number of tokens of its prompt. */
  public int promptTokens() {
    return text.request().prompt().length;
  }

  /** The tokens that came until now, with log-probabilities if the prompt asks for them. */
  public GeneratedTokens generated() {
    return row.generated();
  }

  /** Ends it before the next token; without effect if it is done. May be called by any thread. */
  public void cancel() {
    row.cancel();
  }

  /** The completion; empty as long as tokens come, and if it failed. */
  public Optional<Completion> completion() {
    return completion;
  }

  /**
   * Reason of its failure: its listener's exception; or {@link ArithmeticException} if the model's
   * logits are not finite with its adapters, which ends no other text.
   */
  public Optional<RuntimeException> failure() {
    return failure;
  }

  /** Completes it if its row is done; returns true if it is done. */
  boolean complete() {
    if (row.failure().isPresent()) {
      failure = row.failure();
    } else if (row.done() && completion.isEmpty()) {
      boolean cancelled = row.ending().filter(GenerationRow.Ending.CANCELLED::equals).isPresent();
      try {
        completion =
            Optional.of(
                text.completion(
                    row.generated(),
                    cancelled ? Completion.Ending.CANCELLED : Completion.Ending.LENGTH));
      } catch (RuntimeException e) {
        failure = Optional.of(e);
      }
    }
    return completion.isPresent() || failure.isPresent();
  }
}
