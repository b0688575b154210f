package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/** Decode step: one more token of each sequence, which attends to those in the cache. */
public final class DecodeToken implements AttentionCache {
  private final StagedCache cache;
  private final Expr places;

  /** Masks that are added to scores, 0 or minus infinity; layers with equal windows share them. */
  private final Map<SlidingWindow, Expr> masks = new HashMap<>();

  /**
   * For the earlier tokens of a cache.
   *
   * @param places I64 [keys], 0, 1, ... as far as the longest sequence goes, with this token
   */
  public DecodeToken(StagedCache cache, Expr places) {
    this.cache = cache;
    this.places = places;
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
            .map(s -> s.masked(visible(s.window())))
            .orElseGet(() -> scoring.masked(mask(scoring.window(), q.dtype())));
    Expr mixed =
        grouped.attend(
            cache.keys(layer).narrow(2, Dim.of(0), keys),
            cache.values(layer).narrow(2, Dim.of(0), keys),
            how);
    return mixed.reshape(q.dim(0), q.dim(1), Dim.of(1), width);
  }

  /** Mask of the keys that a token sees, BOOL [batch, 1, 1, keys]. */
  private Expr visible(SlidingWindow reach) {
    Expr token = cache.positions().unsqueeze(1).unsqueeze(3);
    return reach.visible(token, places.reshape(1, 1, 1, -1));
  }

  private Expr mask(SlidingWindow reach, DType type) {
    return masks.computeIfAbsent(
        reach,
        r -> {
          Expr hidden = visible(r).not();
          return hidden.to(type).mul(0).maskedFill(hidden, Double.NEGATIVE_INFINITY);
        });
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return places.reshape(1, 1, -1).sub(tokens.positions().unsqueeze(2));
  }
}
