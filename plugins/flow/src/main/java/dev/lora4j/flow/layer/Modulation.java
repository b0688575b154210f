package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.Expr;

/** Layer norms without weights whose scale and shift follow from the timestep (adaLN). */
public final class Modulation {
  private static final double EPSILON = 1e-6;

  private Modulation() {}

  /** Layer normalisation of each token; x: [batch, tokens, width]. */
  public static Expr normed(Expr x) {
    return x.layerNorm(EPSILON);
  }

  /**
   * Normalised tokens, scaled and shifted (Peebles and Xie 2023, section 3.2).
   *
   * @param normed [batch, tokens, width]
   * @param scale [batch, width], beside 1
   * @param shift [batch, width]
   */
  public static Expr modulated(Expr normed, Expr scale, Expr shift) {
    return normed.mul(scale.unsqueeze(1).add(1)).add(shift.unsqueeze(1));
  }

  /**
   * Tokens with what a part of a block adds, by its gate.
   *
   * @param x [batch, tokens, width]
   * @param added of the same shape
   * @param gate [batch, width]
   */
  public static Expr gated(Expr x, Expr added, Expr gate) {
    return x.add(gate.unsqueeze(1).mul(added));
  }
}
