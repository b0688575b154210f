package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Expr;

/**
 * What the tokens of a layer see. A network hands over queries, keys and values of the tokens that
 * it computes, and gets what attention makes of them; whether there are tokens from before is not
 * its concern.
 */
@FunctionalInterface
public interface AttentionMemory {
  /**
   * The tokens are whole sequences from position 0 on: each sees itself and those before it. Rows
   * that are shorter than others end in padding, which no token before it sees.
   */
  AttentionMemory WHOLE =
      (layer, q, k, v, reach) ->
          q.attend(k, v, reach.isPresent() ? reach.masked(q) : Attention.CAUSAL);

  /**
   * Causal attention of one layer.
   *
   * @param layer counted from 0
   * @param q queries, [batch, heads, tokens, width]
   * @param k keys, [batch, heads or fewer, tokens, width]
   * @param v values, shaped as the keys
   * @param reach how far back a token sees
   * @return [batch, heads, tokens, width]
   */
  Expr attend(int layer, Expr q, Expr k, Expr v, Reach reach);
}
