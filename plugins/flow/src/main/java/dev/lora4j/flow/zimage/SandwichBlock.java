package dev.lora4j.flow.zimage;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.Optional;

/**
 * A block with norms before and behind its attention and its feed-forward part, diffusers' {@code
 * ZImageTransformerBlock}. Scales and gates follow from the timestep, if it is told that.
 *
 * @param inner width within the feed-forward part
 * @param epsilon of the norms
 */
record SandwichBlock(int inner, double epsilon) {
  private static final int PARTS = 4;

  /**
   * The stream after the block.
   *
   * @param x [batch, tokens, width]
   * @param time embedding of the timestep, [batch, its width]; absent for a block of texts
   */
  Expr apply(Weights at, Expr x, Optional<Expr> time, SharedAttention attention) {
    long width = x.shape().size(2);
    List<Expr> told =
        time.map(
                t ->
                    at.linear("adaLN_modulation.0", t, PARTS * width).unsqueeze(1).chunk(PARTS, -1))
            .orElse(List.of());
    Expr in = scaled(at, at.rmsNorm("attention_norm1", x, epsilon), told, 0);
    Expr attended = at.rmsNorm("attention_norm2", attention.of(at.at("attention"), in), epsilon);
    Expr h = x.add(gated(at, attended, told, 1));
    Expr forward = scaled(at, at.rmsNorm("ffn_norm1", h, epsilon), told, 2);
    Expr made = at.rmsNorm("ffn_norm2", forward(at.at("feed_forward"), forward), epsilon);
    return h.add(gated(at, made, told, 3));
  }

  private static Expr scaled(Weights at, Expr x, List<Expr> told, int part) {
    return told.isEmpty() ? x : at.graph().recompute(() -> x.mul(told.get(part).add(1)));
  }

  private static Expr gated(Weights at, Expr x, List<Expr> told, int part) {
    return told.isEmpty() ? x : at.graph().recompute(() -> x.mul(told.get(part).tanh()));
  }

  /** Gated linear units (Shazeer 2020). */
  private Expr forward(Weights at, Expr x) {
    Expr gate = at.linear("w1", x, inner, false);
    Expr values = at.linear("w3", x, inner, false);
    Expr active = at.graph().recompute(() -> gate.silu().mul(values));
    return at.linear("w2", active, x.shape().size(2), false);
  }
}
