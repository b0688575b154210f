package dev.lora4j.text.pipeline;

import java.util.List;

/**
 * What follows a prompt.
 *
 * @param text without the prompt, and without what it stopped at
 * @param tokens all that were added, the last of which may be the end token
 * @param promptTokens how many tokens the prompt has
 * @param ending why it ended
 */
public record Completion(String text, List<Integer> tokens, int promptTokens, Ending ending) {
  /** Why a text ends. */
  public enum Ending {
    /** The model said so. */
    END,
    /** A text to stop at came. */
    STOP,
    /** As many tokens as were asked for, or as the model reads, are there. */
    LENGTH
  }

  /** Copies its list. */
  public Completion {
    tokens = List.copyOf(tokens);
  }
}
