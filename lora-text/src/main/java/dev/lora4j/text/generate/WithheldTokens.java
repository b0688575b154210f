package dev.lora4j.text.generate;

import java.util.Set;

/**
 * Tokens that are never chosen ({@code suppress_tokens} and {@code begin_suppress_tokens} of
 * transformers). Unlike other tokens they do not get what is left of their probabilities: in a beam
 * search the others keep their scores.
 *
 * @param always at any place
 * @param first as the first token that is added
 */
public record WithheldTokens(Set<Integer> always, Set<Integer> first) {
  /** No tokens. */
  public static final WithheldTokens NONE = new WithheldTokens(Set.of(), Set.of());

  /** Copies the sets. */
  public WithheldTokens {
    always = Set.copyOf(always);
    first = Set.copyOf(first);
  }

  /**
   * Makes them impossible.
   *
   * @param logits of each token, changed in place; tokens past its end are none
   * @param added how many tokens were added before
   */
  void apply(float[] logits, int added) {
    withhold(logits, always);
    if (added == 0) {
      withhold(logits, first);
    }
  }

  private static void withhold(float[] logits, Set<Integer> tokens) {
    for (int token : tokens) {
      if (token < logits.length) {
        logits[token] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
