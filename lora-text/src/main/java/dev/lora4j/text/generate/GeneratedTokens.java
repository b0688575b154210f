package dev.lora4j.text.generate;

import java.util.List;

/**
 * Tokens that were generated for a sequence.
 *
 * @param added the tokens
 * @param ended whether one of those that end it came
 * @param choices log-probabilities of each token; none if the request asks for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GeneratedTokens(int[] added, boolean ended, List<TokenChoice> choices) {
  /** Copies its list. */
  public GeneratedTokens {
    choices = List.copyOf(choices);
  }

  /** Tokens without log-probabilities. */
  public GeneratedTokens(int[] added, boolean ended) {
    this(added, ended, List.of());
  }
}
