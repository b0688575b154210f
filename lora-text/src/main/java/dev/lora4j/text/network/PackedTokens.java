package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows that hold several whole sequences, one behind the other: each token attends to itself and
 * those before it of its own sequence. A sequence begins where the position is 0.
 */
public final class PackedTokens implements AttentionCache {
  private final Expr places;
  private final Expr same;

  /** Masks of the keys that tokens see; layers with equal windows share them. */
  private final Map<SlidingWindow, Expr> visible = new HashMap<>();

  /**
   * Attention of one program.
   *
   * @param positions I64 [batch, tokens], from 0 in each sequence
   */
  public PackedTokens(Expr positions) {
    places = Constants.arange(positions.graph(), DType.I64, positions.dim(1));
    Expr sequence = positions.eq(0).to(DType.I64).cumsum(1);
    same = sequence.unsqueeze(2).eq(sequence.unsqueeze(1)).unsqueeze(1);
  }

  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    Expr mask =
        visible.computeIfAbsent(
            scoring.window(), w -> w.visible(places.unsqueeze(1), places.unsqueeze(0)).and(same));
    return q.attend(k, v, scoring.masked(mask));
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return WHOLE.distances(tokens);
  }
}
