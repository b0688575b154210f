package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * Prefill behind a prefix: tokens of sequences whose earlier keys and values are in the cache. They
 * attend to these and, as each is stored before, to each other.
 */
public final class PrefixedPrefill implements AttentionCache {
  private final StagedCache cache;
  private final Expr places;
  private final KeyMasks masks;

  /**
   * For the earlier tokens of a cache.
   *
   * @param places I64 [keys], 0, 1, ... as far as the longest sequence goes, with these tokens
   */
  public PrefixedPrefill(StagedCache cache, Expr places) {
    this.cache = cache;
    this.places = places;
    this.masks = new KeyMasks(cache.positions(), places);
  }

  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    cache.store(layer, k, v);
    Dim keys = places.dim(0);
    Expr seen =
        scoring.added().isPresent()
            ? masks.visible(scoring.window())
            : masks.added(scoring.window(), q.dtype());
    return q.attend(
        cache.keys(layer).narrow(2, Dim.of(0), keys),
        cache.values(layer).narrow(2, Dim.of(0), keys),
        scoring.masked(seen));
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return masks.distances(tokens);
  }
}
