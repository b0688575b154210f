package dev.lora4j.text.pipeline;

import dev.lora4j.text.generate.TokenChoice;
import java.util.List;

/**
 * Completion of a prompt.
 *
 * @param text without the prompt, and without what it stopped at
 * @param tokens all that were added, the last of which may be the end token
 * @param promptTokens how many tokens the prompt has
 * @param ending why it ended
 * @param choices log-probabilities of each token; none if the prompt asks for none
 */
public record Completion(
    String text, List<Integer> tokens, int promptTokens, Ending ending, List<TokenChoice> choices) {
  /** Reason for the end of a text. */
  public enum Ending {
    /** The model generated an end token. */
    END,
    /** A text to stop at came. */
    STOP,
    /** The limit of new tokens, or the model's greatest length, is reached. */
    LENGTH,
    /** It was cancelled in a {@link TextSession}. */
    CANCELLED
  }

  /** Copies its lists. */
  public Completion {
    tokens = List.copyOf(tokens);
    choices = List.copyOf(choices);
  }

  /** A completion without log-probabilities. */
  public Completion(String text, List<Integer> tokens, int promptTokens, Ending ending) {
    this(text, tokens, promptTokens, ending, List.of());
  }
}
