package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;

/**
 * Attention of a layer's tokens, to each other and to earlier ones in a cache. A network hands over
 * queries, keys and values of the tokens that it computes, and gets what attention makes of them;
 * whether there are tokens from before is not its concern.
 */
public interface AttentionCache {
  /**
   * The tokens are whole sequences from position 0 on: each attends to itself and those before it.
   * Rows that are shorter than others end in padding, to which no token before it attends.
   */
  AttentionCache WHOLE =
      new AttentionCache() {
        @Override
        public Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring) {
          return q.attend(k, v, scoring.causal(q));
        }

        @Override
        public Expr distances(TokenInputs tokens) {
          Expr places = Constants.arange(tokens.ids().graph(), DType.I64, tokens.ids().dim(1));
          return places.unsqueeze(0).sub(places.unsqueeze(1)).unsqueeze(0);
        }
      };

  /**
   * Causal attention of one layer.
   *
   * @param layer counted from 0
   * @param q queries, [batch, heads, tokens, width]
   * @param k keys, [batch, heads or fewer, tokens, width]
   * @param v values, shaped as the keys
   * @param scoring how much a key counts for a token
   * @return [batch, heads, tokens, width]
   */
  Expr attend(int layer, Expr q, Expr k, Expr v, AttentionScores scoring);

  /** {@link #attend(int, Expr, Expr, Expr, AttentionScores)}, scored by the products alone. */
  default Expr attend(int layer, Expr q, Expr k, Expr v, SlidingWindow reach) {
    return attend(layer, q, k, v, AttentionScores.of(reach));
  }

  /**
   * Distances of the visible keys from each token; below 0 for keys before it.
   *
   * @param tokens those that the network computes
   * @return I64 [1 or batch, tokens, keys]
   */
  Expr distances(TokenInputs tokens);
}
