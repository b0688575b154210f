package dev.lora4j.bench.transformer;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;

/** Blocks of self-attention and feed-forward, each with its norm before it and a shortcut. */
record Transformer(int blocks, int heads) {
  static final double EPSILON = 1e-5;

  /** x and result: [batch, tokens, width]. */
  Expr apply(Weights at, Expr x) {
    Expr h = x;
    for (int i = 0; i < blocks; i++) {
      h = block(at.at("blocks", i), h);
    }
    return h;
  }

  private Expr block(Weights at, Expr x) {
    long width = x.shape().size(2);
    Expr own = at.layerNorm("norm1", x, EPSILON);
    Expr q = at.linear("to_q", own, width, false).splitHeads(heads);
    Expr k = at.linear("to_k", own, width, false).splitHeads(heads);
    Expr v = at.linear("to_v", own, width, false).splitHeads(heads);
    Expr h = x.add(at.linear("to_o", q.attend(k, v).joinHeads(), width));
    Expr inner = at.linear("ff_in", at.layerNorm("norm2", h, EPSILON), 4 * width).gelu();
    return h.add(at.linear("ff_out", inner, width));
  }
}
