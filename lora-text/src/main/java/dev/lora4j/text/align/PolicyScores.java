package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Scores of completions that a model wrote, for {@link PolicyLoss}: of the tokens that count of all
 * completions, one after the other.
 *
 * @param likelihoods log-probability of each token, [tokens]
 * @param before the same when the completions were written, [tokens], without a gradient
 * @param reference the same under the reference, [tokens]; empty where an objective has none
 * @param advantages by how much each completion is better than others, [completions]
 * @param gains advantage of each token, [tokens], where a value head tells it; empty where tokens
 *     have that of their completion
 * @param rows number of each token's completion, I64 [tokens]
 * @param counts tokens of each completion that count, [completions]
 * @param level what has a ratio of its own
 */
public record PolicyScores(
    Expr likelihoods,
    Expr before,
    Optional<Expr> reference,
    Expr advantages,
    Optional<Expr> gains,
    Expr rows,
    Expr counts,
    ImportanceLevel level) {
  /** Sums over completions, [completions], of numbers of tokens, [tokens]. */
  public Expr sums(Expr tokens) {
    return counts.mul(0).indexAdd(0, rows, tokens);
  }

  /** Numbers of completions at each of their tokens, [tokens]. */
  public Expr atTokens(Expr completions) {
    return completions.indexSelect(0, rows);
  }

  /** The mean of numbers of tokens over all of them, a scalar. */
  public Expr mean(Expr tokens) {
    return tokens.sum().div(counts.sum().clampMin(1));
  }

  /** The mean of numbers of tokens over what has a ratio of its own, a scalar. */
  public Expr meanByLevel(Expr tokens) {
    return switch (level) {
      case TOKEN -> mean(tokens);
      case SEQUENCE -> sums(tokens).div(counts.clampMin(1)).mean();
    };
  }

  /** The advantage of each token, or of its completion, [tokens]. */
  public Expr advantage() {
    return gains.orElseGet(() -> atTokens(advantages));
  }

  /** Log of how much likelier each token has become, [tokens]. */
  public Expr logRatio() {
    return likelihoods.sub(before);
  }

  /** How much likelier each token has become, or its completion (GSPO, equation 7), [tokens]. */
  public Expr ratio() {
    return switch (level) {
      case TOKEN -> logRatio().exp();
      case SEQUENCE -> atTokens(sums(logRatio()).div(counts.clampMin(1)).exp());
    };
  }
}
