package dev.lora4j.diffusion.unet;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.Optional;

/** Self-attention, attention to the text, feed-forward; each with its norm and a shortcut. */
record TransformerBlock(int heads, boolean upcast) {
  private static final double EPSILON = 1e-5;

  /**
   * x: [batch, places, width]; context: [batch, words, contextWidth].
   *
   * @param shares if there are several contexts for each row of the batch, how much the attention
   *     to each counts at each place, [batch, contexts, places]
   */
  Expr apply(Weights at, Expr x, Expr context, Optional<Expr> shares) {
    Expr own = at.layerNorm("norm1", x, EPSILON);
    Expr h = x.add(attention(at.at("attn1"), own, own, Optional.empty()));
    h = h.add(attention(at.at("attn2"), at.layerNorm("norm2", h, EPSILON), context, shares));
    return h.add(feedForward(at.at("ff.net"), at.layerNorm("norm3", h, EPSILON)));
  }

  private Expr attention(Weights at, Expr x, Expr context, Optional<Expr> shares) {
    long width = x.shape().size(2);
    Expr q = at.linear("to_q", x, width, false);
    Expr k = at.linear("to_k", context, width, false);
    Expr v = at.linear("to_v", context, width, false);
    Expr queries = shares.map(s -> forEach(q, s)).orElse(q);
    Expr all =
        attend(queries.splitHeads(heads), k.splitHeads(heads), v.splitHeads(heads)).joinHeads();
    Expr mixed = shares.map(s -> blended(all, s)).orElse(all);
    return at.linear("to_out.0", mixed, width);
  }

  /** Repeats each row for each of its contexts. */
  private static Expr forEach(Expr q, Expr shares) {
    return q.unsqueeze(1)
        .expand(q.dim(0), shares.dim(1), q.dim(1), q.dim(2))
        .reshape(Dim.of(-1), q.dim(1), q.dim(2));
  }

  /** Sums the outputs of a row's contexts by their shares, position by position. */
  private static Expr blended(Expr all, Expr shares) {
    return all.reshape(shares.dim(0), shares.dim(1), all.dim(1), all.dim(2))
        .mul(shares.to(all.dtype()).unsqueeze(-1))
        .over(1)
        .sum();
  }

  private Expr attend(Expr q, Expr k, Expr v) {
    // F64 would lose by it what it is chosen for.
    return upcast && q.dtype() != DType.F64
        ? q.to(DType.F32).attend(k.to(DType.F32), v.to(DType.F32)).to(q.dtype())
        : q.attend(k, v);
  }

  /** Gated by GELU (Shazeer 2020, GEGLU). */
  private static Expr feedForward(Weights at, Expr x) {
    long width = x.shape().size(2);
    List<Expr> halves = at.linear("0.proj", x, 8 * width).chunk(2, -1);
    Expr gated = at.graph().recompute(() -> halves.get(0).mul(halves.get(1).gelu()));
    return at.linear("2", gated, width);
  }
}
