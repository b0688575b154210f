package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * Loss of whole outputs: negative log-likelihoods of their tokens, each after its input and those
 * before it.
 *
 * @param input I64 [batch, tokens]
 * @param present I64 [batch, tokens], 1 for tokens of the input and 0 for padding
 * @param asked the outputs, which begin with {@link Seq2SeqNetwork#start}, and their targets
 */
public record OutputLoss(Expr input, Expr present, NextTokenLoss asked) {
  /** Name of the input with the ids that are encoded. */
  public static final String INPUT = "input";

  /** Declares the inputs, in the order of the components. */
  public static OutputLoss declare(Graph graph) {
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return new OutputLoss(
        graph.input(INPUT, DType.I64, any),
        graph.input(EncodedInputs.PRESENT, DType.I64, any),
        NextTokenLoss.declare(graph));
  }

  /**
   * Stages it.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the negative logarithm of each target's probability, [n]
   */
  public Expr stage(Seq2SeqNetwork network, Weights weights, DType compute, DType type) {
    Expr hidden = network.whole(weights, input, present, asked.tokens(), compute);
    return asked.unlikelihood(hidden, places -> network.logits(weights, places), type);
  }

  /**
   * Stages what it is computed from, without the targets.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the logits at each place, [n, vocabulary]
   */
  public Expr logits(Seq2SeqNetwork network, Weights weights, DType compute, DType type) {
    Expr hidden = network.whole(weights, input, present, asked.tokens(), compute);
    return asked.logits(hidden, places -> network.logits(weights, places), type);
  }
}
