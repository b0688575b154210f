package dev.lora4j.flow.flux2;

import static dev.lora4j.flow.layer.Modulation.gated;
import static dev.lora4j.flow.layer.Modulation.modulated;
import static dev.lora4j.flow.layer.Modulation.normed;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import java.util.List;

/**
 * A block of one stream, whose attention and feed-forward part have one layer before them and one
 * behind them (Dehghani et al. 2023, section 2), diffusers' {@code Flux2SingleTransformerBlock}.
 *
 * @param attention of the stream
 * @param inner width within the feed-forward part
 */
record ParallelBlock(JointAttention attention, int inner) {
  private static final int PROJECTIONS = 3;

  /**
   * The stream after the block.
   *
   * @param x [batch, contexts * words + places, width]
   * @param told shift, scale and gate, each [batch, width]
   */
  Expr apply(Weights block, Expr x, List<Expr> told, Contexts contexts, Dim places) {
    Weights at = block.at("attn");
    long width = x.shape().size(2);
    Expr in = at.graph().recompute(() -> modulated(normed(x), told.get(1), told.get(0)));
    Expr all = at.linear("to_qkv_mlp_proj", in, PROJECTIONS * width + 2L * inner, false);
    Dim projections = Dim.of(PROJECTIONS * width);
    Expr attended = attention.fused(at, all.narrow(2, Dim.of(0), projections), contexts, places);
    Expr forward = all.narrow(2, projections, Dim.of(2L * inner));
    Expr active = at.graph().recompute(() -> GatedForward.gated(forward));
    return gated(x, at.linear("to_out", attended.cat(-1, active), width, false), told.get(2));
  }
}
