package dev.lora4j.flow.flux;

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
 * A block of one stream, in which attention and feed-forward layers stand side by side (Dehghani et
 * al. 2023, section 2), diffusers' {@code FluxSingleTransformerBlock}.
 */
record SingleBlock(JointAttention attention) {
  private static final int PARTS = 3;
  private static final int WIDER = 4;

  /**
   * The stream after the block.
   *
   * @param x [batch, contexts * words + places, width]
   * @param time embedding of timestep, guidance and pooled text after its SiLU, [batch, width]
   */
  Expr apply(Weights at, Expr x, Expr time, Contexts contexts, Dim places) {
    long width = x.shape().size(2);
    List<Expr> own = at.linear("norm.linear", time, PARTS * width).chunk(PARTS, -1);
    Expr in = at.graph().recompute(() -> modulated(normed(x), own.get(1), own.get(0)));
    Expr inner = at.linear("proj_mlp", in, WIDER * width);
    Expr active = at.graph().recompute(inner::geluTanh);
    Expr attended = attention.single(at.at("attn"), in, contexts, places);
    return gated(x, at.linear("proj_out", attended.cat(-1, active), width), own.get(2));
  }
}
