package dev.lora4j.text.train;

import dev.lora4j.text.data.TokenSequence;

/** Shares at which the tokens of sequences count that are learned. */
@FunctionalInterface
interface TokenShares {
  /** The share of each token that is learned of a sequence, in order. */
  double[] of(TokenSequence sequence);
}
