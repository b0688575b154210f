package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Expr;

/**
 * Prefill: the first tokens of sequences, which attend as with {@link AttentionCache#WHOLE}, and
 * whose keys and values the cache stores for those that follow.
 */
public record PrefillTokens(StagedCache cache) implements AttentionCache {
  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    cache.store(layer, k, v);
    return WHOLE.attend(layer, q, k, v, scoring);
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return WHOLE.distances(tokens);
  }
}
