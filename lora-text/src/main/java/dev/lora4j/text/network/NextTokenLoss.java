package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.function.UnaryOperator;

/**
 * Next-token loss: negative log-likelihoods of the tokens of whole sequences, each after those
 * before it. Only the places that count reach the head: the others would cost as much and count
 * nothing.
 *
 * @param tokens the sequences
 * @param places I64 [n], places of the predictions, counted row by row
 * @param targets I64 [n], the tokens to predict there
 */
public record NextTokenLoss(TokenInputs tokens, Expr places, Expr targets) {
  /** Name of the input with the places. */
  public static final String PLACES = "places";

  /** Name of the input with the tokens to come. */
  public static final String TARGETS = "targets";

  /** Declares the inputs, in the order of the components. */
  public static NextTokenLoss declare(Graph graph) {
    Shape any = Shape.of(Shape.UNKNOWN);
    return new NextTokenLoss(
        TokenInputs.declare(graph),
        graph.input(PLACES, DType.I64, any),
        graph.input(TARGETS, DType.I64, any));
  }

  /**
   * Stages it.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the negative logarithm of each target's probability, [n]
   */
  public Expr stage(CausalNetwork network, Weights weights, DType compute, DType type) {
    return stage(network, weights, AttentionCache.WHOLE, compute, type);
  }

  /**
   * {@link #stage(CausalNetwork, Weights, DType, DType)} where rows may be other than sequences.
   *
   * @param memory attention of the tokens
   */
  public Expr stage(
      CausalNetwork network, Weights weights, AttentionCache memory, DType compute, DType type) {
    Expr hidden = network.hidden(weights, tokens, memory, compute);
    return unlikelihood(hidden, asked -> network.logits(weights, asked), type);
  }

  /**
   * Stages what it is computed from, without the targets.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the logits at each place, [n, vocabulary]
   */
  public Expr logits(CausalNetwork network, Weights weights, DType compute, DType type) {
    return logits(network, weights, AttentionCache.WHOLE, compute, type);
  }

  /**
   * {@link #logits(CausalNetwork, Weights, DType, DType)} where rows may be other than sequences.
   *
   * @param memory attention of the tokens
   */
  public Expr logits(
      CausalNetwork network, Weights weights, AttentionCache memory, DType compute, DType type) {
    Expr hidden = network.hidden(weights, tokens, memory, compute);
    return logits(hidden, asked -> network.logits(weights, asked), type);
  }

  /**
   * Losses of a decoder's output [batch, tokens, width].
   *
   * @param head gives the logits of some of its tokens
   */
  Expr unlikelihood(Expr hidden, UnaryOperator<Expr> head, DType type) {
    return unlikelihood(logits(hidden, head, type), 1);
  }

  /**
   * Stages it from logits.
   *
   * @param logits at each place, [n, vocabulary]
   * @param temperature what they are divided by
   * @return the negative logarithm of each target's probability, [n]
   */
  public Expr unlikelihood(Expr logits, double temperature) {
    Expr scaled = temperature == 1 ? logits : logits.div(temperature);
    return scaled.crossEntropyEach(1, targets, -100, 0);
  }

  /** Logits of the places of a decoder's output. */
  Expr logits(Expr hidden, UnaryOperator<Expr> head, DType type) {
    return head.apply(hidden.flatten(0, 1).indexSelect(0, places)).to(type);
  }
}
