package dev.lora4j.text.train;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.network.AttentionMemory;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.Tokens;

/** The cross entropy of the tokens that are learned. */
final class CausalLoss {
  private CausalLoss() {}

  /** Its inputs, in the order of {@link LearnedTokens#inputs}. */
  record Inputs(Tokens tokens, Expr places, Expr targets, Expr share) {
    static Inputs declare(Graph graph) {
      Shape any = Shape.of(Shape.UNKNOWN);
      return new Inputs(
          Tokens.declare(graph),
          graph.input("places", DType.I64, any),
          graph.input("targets", DType.I64, any),
          graph.input("share", DType.F32, Shape.of()));
    }
  }

  /**
   * Stages it.
   *
   * @param type of the result
   * @return the sum over the learned tokens, times the share: a scalar
   */
  static Expr stage(
      CausalNetwork network, Weights weights, Inputs inputs, DType compute, DType type) {
    Expr hidden = network.hidden(weights, inputs.tokens(), AttentionMemory.WHOLE, compute);
    Expr learned = hidden.flatten(0, 1).indexSelect(0, inputs.places());
    Expr logits = network.logits(weights, learned).to(type);
    Expr each = logits.crossEntropyEach(1, inputs.targets(), -100, 0);
    return each.sum().mul(inputs.share().to(type));
  }
}
