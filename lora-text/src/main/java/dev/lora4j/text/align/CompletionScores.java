package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Scores of one completion of each pair, [pairs].
 *
 * @param likelihood sum of the log-probabilities of its tokens
 * @param reference the same under the reference; empty where a loss has none
 * @param tokens number of its tokens, at least 1
 * @param whole sum of the log-probabilities in which all of its tokens count alike, whatever counts
 *     less in the others
 */
public record CompletionScores(Expr likelihood, Optional<Expr> reference, Expr tokens, Expr whole) {
  /**
   * Log of how much likelier it has become than under the reference, [pairs].
   *
   * @throws IllegalStateException if there is no reference
   */
  public Expr ratio() {
    return likelihood.sub(
        reference.orElseThrow(
            () -> new IllegalStateException("A loss that has no reference asked for it.")));
  }

  /** Mean of the log-probabilities of its tokens, [pairs]. */
  public Expr mean() {
    return likelihood.div(tokens);
  }
}
