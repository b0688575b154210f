package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/**
 * Head of a decoder that tells of each place what reward is still to be expected there, as TRL's
 * {@code AutoModelForCausalLMWithValueHead} has it beside the one that gives logits.
 *
 * @param weight [1, width]
 * @param bias [1]
 */
public record ValueHead(Expr weight, Expr bias) {
  /** Name of the weight, among inputs and trained weights. */
  public static final String WEIGHT = "value_head.weight";

  /** Name of the bias. */
  public static final String BIAS = "value_head.bias";

  /** Shape of the bias. */
  public static final Shape ONE = Shape.of(1);

  /** Shape of the weight for a decoder's output [..., width]. */
  public static Shape weight(Expr hidden) {
    return Shape.of(1, hidden.shape().size(hidden.shape().rank() - 1));
  }

  /**
   * Values of places, in the type of the weight.
   *
   * @param hidden output of the last layer there, after the final norm, [n, width]
   * @return [n]
   */
  public Expr values(Expr hidden) {
    return hidden.to(weight.dtype()).linear(weight, bias).squeeze(1);
  }
}
