package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * Loss of the classes of texts.
 *
 * @param tokens the texts
 * @param classes I64 [batch], the number of each text's class
 */
public record ClassLoss(EncoderInputs tokens, Expr classes) {
  /** Name of the input with the classes. */
  public static final String CLASSES = "classes";

  /** Declares the inputs, in the order of the components. */
  public static ClassLoss declare(Graph graph) {
    return new ClassLoss(
        EncoderInputs.declare(graph), graph.input(CLASSES, DType.I64, Shape.of(Shape.UNKNOWN)));
  }

  /**
   * Stages it.
   *
   * @param network with a head
   * @param compute the type to compute in
   * @param type of the result
   * @return the negative logarithm of the probability of each text's class, [batch]
   */
  public Expr stage(EncoderNetwork network, Weights weights, DType compute, DType type) {
    Expr hidden = network.hidden(weights, tokens, compute);
    return network.logits(weights, tokens, hidden).to(type).crossEntropyEach(1, classes, -100, 0);
  }
}
