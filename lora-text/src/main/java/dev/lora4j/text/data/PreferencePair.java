package dev.lora4j.text.data;

import java.util.OptionalDouble;

/**
 * Two completions of one prompt as token ids, of which the completions alone count.
 *
 * @param chosen the prompt with the better one
 * @param rejected the prompt with the other
 * @param margin by how much the better one is to be better, for reward models; empty if nothing is
 *     said
 */
public record PreferencePair(TokenSequence chosen, TokenSequence rejected, OptionalDouble margin) {
  /** A pair of which no margin is said. */
  public PreferencePair(TokenSequence chosen, TokenSequence rejected) {
    this(chosen, rejected, OptionalDouble.empty());
  }
}
