package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;

/** See {@link AttentionMemory#WHOLE}. */
record WholeSequences() implements AttentionMemory {
  @Override
  public Expr attend(int layer, Expr q, Expr k, Expr v, Scoring scoring) {
    return q.attend(k, v, scoring.causal(q));
  }

  @Override
  public Expr distances(Tokens tokens) {
    return distances(tokens.ids().graph(), tokens.ids().dim(1));
  }

  /** Among the tokens of sequences of this length: I64 [1, tokens, tokens]. */
  static Expr distances(Graph graph, Dim length) {
    Expr places = Constants.arange(graph, DType.I64, length);
    return places.unsqueeze(0).sub(places.unsqueeze(1)).unsqueeze(0);
  }
}
