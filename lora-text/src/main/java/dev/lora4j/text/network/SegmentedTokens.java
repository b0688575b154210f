package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows that hold several texts, one behind the other. A token attends to itself and those before it
 * of its own segment, and of what all texts of the row begin with.
 */
public final class SegmentedTokens implements AttentionCache {
  /** Number of the segment that all others of a row follow. */
  public static final int SHARED = 0;

  private final Expr positions;
  private final Expr together;

  /** Masks of the keys that tokens see; layers with equal windows share them. */
  private final Map<SlidingWindow, Expr> visible = new HashMap<>();

  /**
   * Attention of one program.
   *
   * @param positions I64 [batch, tokens], each token's place in its text, what it shares included
   * @param segments I64 [batch, tokens]: {@link #SHARED}, or the text of each token; negative for
   *     padding
   */
  public SegmentedTokens(Expr positions, Expr segments) {
    this.positions = positions;
    Expr key = segments.unsqueeze(1);
    together = segments.unsqueeze(2).eq(key).or(key.eq(SHARED)).unsqueeze(1);
  }

  /**
   * Attention of rows of whole texts that share nothing. A text begins where the position is 0.
   *
   * @param positions I64 [batch, tokens], from 0 in each text
   */
  public static SegmentedTokens packed(Expr positions) {
    return new SegmentedTokens(positions, positions.eq(0).to(DType.I64).cumsum(1));
  }

  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    Expr mask =
        visible.computeIfAbsent(
            scoring.window(),
            w ->
                w.visible(positions.unsqueeze(2), positions.unsqueeze(1))
                    .unsqueeze(1)
                    .and(together));
    return q.attend(k, v, scoring.masked(mask));
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return positions.unsqueeze(1).sub(positions.unsqueeze(2));
  }
}
