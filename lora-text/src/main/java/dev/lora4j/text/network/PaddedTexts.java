package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/**
 * Whole texts from position 0 on, each with padding behind its end: a token attends to itself and
 * those before it, and none to padding, which sees the text alone. transformers' models get such
 * texts with an {@code attention_mask}.
 */
public final class PaddedTexts implements AttentionCache {
  private final Expr end;

  /** Masks of the keys that tokens see; layers with equal windows share them. */
  private final Map<SlidingWindow, Expr> visible = new HashMap<>();

  /**
   * Attention of one program.
   *
   * @param end I64 [batch], the last token of each text
   */
  public PaddedTexts(Expr end) {
    this.end = end;
  }

  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
    Expr mask =
        visible.computeIfAbsent(
            scoring.window(),
            w -> {
              Expr places = places(q);
              Expr text = places.reshape(1, 1, 1, -1).le(end.reshape(-1, 1, 1, 1));
              return w.visible(places.reshape(1, 1, -1, 1), places.reshape(1, 1, 1, -1)).and(text);
            });
    return q.attend(k, v, scoring.masked(mask));
  }

  private static Expr places(Expr q) {
    return Constants.arange(q.graph(), DType.I64, q.dim(2));
  }

  @Override
  public Expr distances(TokenInputs tokens) {
    return AttentionCache.WHOLE.distances(tokens);
  }
}
