package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/** Decode step: one more token of each sequence, which attends to those in the cache. */
public final class DecodeToken implements AttentionCache {
  private final StagedCache cache;
  private final Expr places;
  private final KeyMasks masks;

  /**
   * For the earlier tokens of a cache.
   *
   * @param places I64 [keys], 0, 1, ... as far as the longest sequence goes, with this token
   */
  public DecodeToken(StagedCache cache, Expr places) {
    this.cache = cache;
    this.places = places;
    this.masks = new KeyMasks(cache.positions(), places);
  }

  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    cache.store(layer, k, v);
    Dim keys = places.dim(0);
    // Heads of queries that share one of keys become its tokens, so that no key is repeated.
    int heads = cache.size().heads();
    Dim shared = q.dim(1).over(heads);
    Dim width = Dim.of(cache.size().width());
    Expr grouped = q.reshape(q.dim(0), Dim.of(heads), shared, width);
    Attention how =
        scoring
            .added()
            .map(a -> scoring.plus(a.reshape(a.dim(0), Dim.of(heads), shared, keys)))
            .map(s -> s.masked(masks.visible(s.window())))
            .orElseGet(() -> scoring.masked(masks.added(scoring.window(), q.dtype())));
    Expr mixed =
        grouped.attend(
            cache.keys(layer).narrow(2, Dim.of(0), keys),
            cache.values(layer).narrow(2, Dim.of(0), keys),
            how);
    return mixed.reshape(q.dim(0), q.dim(1), Dim.of(1), width);
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return masks.distances(tokens);
  }
}
