package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;

/**
 * A feed-forward layer whose inner values are multiplied by a gate (Shazeer 2020).
 *
 * @param activation of the gate
 * @param inner width within
 * @param bias whether the linear layers have biases
 */
public record GatedFeedForward(Activation activation, int inner, boolean bias) {
  /**
   * Stages it; x and the result: [..., width].
   *
   * @param at with {@code gate_proj}, {@code up_proj} and {@code down_proj}
   */
  public Expr of(Weights at, Expr x) {
    Expr gate = at.linear("gate_proj", x, inner, bias);
    Expr up = at.linear("up_proj", x, inner, bias);
    return at.linear("down_proj", activation.of(gate).mul(up), x.shape().size(-1), bias);
  }
}
