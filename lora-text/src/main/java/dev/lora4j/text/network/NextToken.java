package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * One more token of each sequence, which sees those that were kept.
 *
 * @param places I64 [keys], 0, 1, ... as far as the longest sequence goes, with this token
 */
public record NextToken(StagedCache cache, Expr places) implements AttentionMemory {
  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, Scoring scoring) {
    cache.store(layer, k, v);
    Dim keys = places.dim(0);
    Expr token = cache.positions().unsqueeze(1).unsqueeze(3);
    Expr seen = scoring.reach().visible(token, places.reshape(1, 1, 1, -1));
    // Heads of queries that share one of keys become its tokens, so that no key is repeated.
    int heads = cache.size().heads();
    Dim shared = q.dim(1).over(heads);
    Dim width = Dim.of(cache.size().width());
    Expr grouped = q.reshape(q.dim(0), Dim.of(heads), shared, width);
    Scoring each =
        scoring
            .added()
            .map(a -> scoring.plus(a.reshape(a.dim(0), Dim.of(heads), shared, keys)))
            .orElse(scoring);
    Expr mixed =
        grouped.attend(
            cache.keys(layer).narrow(2, Dim.of(0), keys),
            cache.values(layer).narrow(2, Dim.of(0), keys),
            each.masked(seen));
    return mixed.reshape(q.dim(0), q.dim(1), Dim.of(1), width);
  }

  @Override
  public Expr distances(Tokens tokens) {
    return places.reshape(1, 1, -1).sub(tokens.positions().unsqueeze(2));
  }
}
