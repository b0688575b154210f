package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.ExtensionName;

/**
 * Loss of pairs of completions of a prompt, of which one is preferred. An extension point;
 * implementations are values: records of their settings. It stages mathematics of log-probabilities
 * alone and depends on its arguments only.
 */
public interface PreferenceLoss extends Canonical {
  /** Its name, as people write it. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** Returns false if it needs no reference. */
  default boolean compares() {
    return true;
  }

  /**
   * Returns true if it is of scores that other divergences than reverse KL may make, or of none and
   * goes with any.
   */
  default boolean diverges() {
    return false;
  }

  /**
   * Returns false if the loss of a pair depends on other pairs of its batch, so that it cannot be
   * weighted by itself.
   */
  default boolean separate() {
    return true;
  }

  /**
   * Reward of a completion, for what is reported: log-ratio or likelihood, times beta, [pairs].
   *
   * @param beta see {@link #each}
   */
  default Expr reward(CompletionScores completion, double beta) {
    return (compares() ? completion.ratio() : completion.likelihood()).mul(beta);
  }

  /**
   * The loss of each pair, [pairs], in the type of the likelihoods. Pairs the right way round cost
   * less than those the wrong way round.
   *
   * @param beta how much the distance from the reference costs, above 0
   */
  Expr each(PairScores pairs, double beta);

  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
