package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.function.Function;
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
   * Stages values of the logits at each place.
   *
   * @param memory attention of the tokens
   * @param chunks in which the head is computed
   * @param compute the type to compute in
   * @param type of the logits
   * @param body makes values of some places, each [some] and of its own place alone
   * @return the values in the order of {@code body}, each [n]
   */
  public List<Expr> values(
      CausalNetwork network,
      Weights weights,
      AttentionCache memory,
      HeadChunks chunks,
      DType compute,
      DType type,
      Function<PlacedLogits, List<Expr>> body) {
    Expr placed = placed(network, weights, memory, compute);
    return valuesAt(placed, some -> network.logits(weights, some), chunks, type, body);
  }

  /**
   * Stages the output of the last layer where the places are, for other heads beside that of the
   * logits.
   *
   * @param memory attention of the tokens
   * @param compute the type to compute in
   * @return [n, width]
   */
  public Expr placed(CausalNetwork network, Weights weights, AttentionCache memory, DType compute) {
    return placed(network.hidden(weights, tokens, memory, compute));
  }

  private Expr placed(Expr hidden) {
    return hidden.flatten(0, 1).indexSelect(0, places);
  }

  /**
   * Stages what it is computed from, without the targets.
   *
   * @param compute the type to compute in
   * @param type of the result
   * @return the logits at each place, [n, vocabulary]
   */
  public Expr logits(CausalNetwork network, Weights weights, DType compute, DType type) {
    return values(
            network,
            weights,
            AttentionCache.WHOLE,
            HeadChunks.WHOLE,
            compute,
            type,
            at -> List.of(at.logits()))
        .get(0);
  }

  /**
   * Values of a decoder's output [batch, tokens, width].
   *
   * @param head gives the logits of some of its tokens
   */
  List<Expr> values(
      Expr hidden,
      UnaryOperator<Expr> head,
      HeadChunks chunks,
      DType type,
      Function<PlacedLogits, List<Expr>> body) {
    return valuesAt(placed(hidden), head, chunks, type, body);
  }

  /**
   * Stages values of the logits at each place from what {@link #placed} gave.
   *
   * @param placed [n, width]
   * @param head gives the logits of some of its rows
   * @param chunks in which the head is computed
   * @param type of the logits
   * @param body makes values of some places, each [some] and of its own place alone
   * @return the values in the order of {@code body}, each [n]
   */
  public List<Expr> valuesAt(
      Expr placed,
      UnaryOperator<Expr> head,
      HeadChunks chunks,
      DType type,
      Function<PlacedLogits, List<Expr>> body) {
    return chunks.values(
        placed,
        chunk ->
            body.apply(
                new PlacedLogits(
                    head.apply(chunk.hidden()).to(type),
                    chunk.part().apply(targets),
                    chunk.part())));
  }
}
