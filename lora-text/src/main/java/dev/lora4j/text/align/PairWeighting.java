package dev.lora4j.text.align;

/** Weighting of the losses of pairs, beside the weights of the losses. */
public enum PairWeighting {
  /** Nothing. */
  NONE,

  /**
   * How near both completions are to what the model itself would write, so that data of others
   * count as if they were its own (WPO, Zhou et al. 2024, equation 2, aligned by the sampled
   * policy): {@code w(chosen) w(rejected)} with {@code log w} the mean over the tokens of {@code
   * log p(token) - log sum p(any)^2}. No gradient goes through it.
   */
  WPO
}
