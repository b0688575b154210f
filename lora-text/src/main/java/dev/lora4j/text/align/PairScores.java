package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Expr;

/**
 * Scores of both completions of each pair.
 *
 * @param divergence what keeps the model near the reference
 */
public record PairScores(
    CompletionScores chosen, CompletionScores rejected, ScoreDivergence divergence) {
  /** Score of the chosen completion by the divergence, [pairs]. */
  public Expr chosenScore() {
    return divergence.score(chosen.ratio());
  }

  /** Score of the rejected completion by the divergence, [pairs]. */
  public Expr rejectedScore() {
    return divergence.score(rejected.ratio());
  }

  /** By how much the chosen completion has the better score, [pairs]. */
  public Expr margin() {
    return chosenScore().sub(rejectedScore());
  }

  /** The margin of scores for each token of their completions, [pairs]. */
  public Expr marginPerToken() {
    return chosenScore().div(chosen.tokens()).sub(rejectedScore().div(rejected.tokens()));
  }
}
