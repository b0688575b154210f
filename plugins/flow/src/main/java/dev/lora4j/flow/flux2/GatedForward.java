package dev.lora4j.flow.flux2;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Feed-forward part of gated linear units (Shazeer 2020), without biases. */
final class GatedForward {
  private GatedForward() {}

  /**
   * The part of a block.
   *
   * @param x [batch, tokens, width]; the result has the same shape
   * @param inner width within it
   */
  static Expr of(Weights at, Expr x, int inner) {
    Expr both = at.linear("linear_in", x, 2L * inner, false);
    return at.linear(
        "linear_out", at.graph().recompute(() -> gated(both)), x.shape().size(2), false);
  }

  /** The first half after its SiLU times the second. */
  static Expr gated(Expr both) {
    List<Expr> halves = both.chunk(2, -1);
    return halves.get(0).silu().mul(halves.get(1));
  }
}
