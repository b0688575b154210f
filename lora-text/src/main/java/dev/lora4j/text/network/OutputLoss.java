package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.function.Function;

/**
 * Loss of whole outputs: negative log-likelihoods of their tokens, each after its input and those
 * before it.
 *
 * @param input that of the network's encoder, I64 [batch, tokens] or features
 * @param present I64 [batch, tokens], 1 for tokens of the input and 0 for padding
 * @param asked the outputs, which begin with {@link Seq2SeqNetwork#start}, and their targets
 */
public record OutputLoss(Expr input, Expr present, NextTokenLoss asked) {
  /** Name of the input that is encoded: ids or features. */
  public static final String INPUT = "input";

  /**
   * Declares the inputs, in the order of the components.
   *
   * @param network that the loss is of
   */
  public static OutputLoss declare(Graph graph, Seq2SeqNetwork network) {
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return new OutputLoss(
        network.input().declare(graph),
        graph.input(EncodedInputs.PRESENT, DType.I64, any),
        NextTokenLoss.declare(graph));
  }

  /**
   * Stages values of the logits at each place.
   *
   * @param chunks in which the head is computed
   * @param compute the type to compute in
   * @param type of the logits
   * @param body makes values of some places, each [some] and of its own place alone
   * @return the values in the order of {@code body}, each [n]
   */
  public List<Expr> values(
      Seq2SeqNetwork network,
      Weights weights,
      HeadChunks chunks,
      DType compute,
      DType type,
      Function<PlacedLogits, List<Expr>> body) {
    Expr hidden = network.whole(weights, input, present, asked.tokens(), compute);
    return asked.values(hidden, some -> network.logits(weights, some), chunks, type, body);
  }

  /**
   * Stages what it is computed from, without the targets.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the logits at each place, [n, vocabulary]
   */
  public Expr logits(Seq2SeqNetwork network, Weights weights, DType compute, DType type) {
    return values(network, weights, HeadChunks.WHOLE, compute, type, at -> List.of(at.logits()))
        .get(0);
  }
}
