package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Expr;

/** Weights of the losses of tokens in the loss of a step. */
public enum TokenWeighting {
  /** The mean over the tokens of a completion; completions count alike, long or short. */
  COMPLETIONS,
  /** All tokens of a batch count alike; the batches of a step count alike. */
  TOKENS_OF_BATCH,
  /** All tokens of a step count alike, in whichever of its batches they are. */
  TOKENS_OF_STEP,
  /** The sum over a completion, divided by the most tokens that one may have (Dr. GRPO). */
  GREATEST_LENGTH,
  /** The sum over a completion. */
  SUMS;

  /**
   * The parts of a batch's loss, each of which counts alike.
   *
   * @param losses of each token, [tokens]
   * @param longest the most tokens that a completion may have
   * @return [{@link #count}]
   */
  public Expr parts(Expr losses, PolicyScores scores, int longest) {
    return switch (this) {
      case COMPLETIONS -> scores.sums(losses).div(scores.counts().clampMin(1));
      case TOKENS_OF_BATCH -> losses.sum().div(scores.counts().sum().clampMin(1)).reshape(1);
      case TOKENS_OF_STEP -> losses;
      case GREATEST_LENGTH -> scores.sums(losses).div(longest);
      case SUMS -> scores.sums(losses);
    };
  }

  /**
   * Number of parts of a batch.
   *
   * @param completions of the batch
   * @param tokens of its completions that count
   */
  public int count(int completions, int tokens) {
    return switch (this) {
      case COMPLETIONS, GREATEST_LENGTH, SUMS -> completions;
      case TOKENS_OF_BATCH -> 1;
      case TOKENS_OF_STEP -> tokens;
    };
  }
}
