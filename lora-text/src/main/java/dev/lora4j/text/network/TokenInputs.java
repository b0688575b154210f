package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * Token inputs of a network.
 *
 * @param ids I64 [batch, tokens]
 * @param positions I64 [batch, tokens], each token's place in its row's sequence, from 0
 */
public record TokenInputs(Expr ids, Expr positions) {
  /** Name of the input with the ids. */
  public static final String IDS = "ids";

  /** Name of the input with the positions. */
  public static final String POSITIONS = "positions";

  /** Declares both as inputs. */
  public static TokenInputs declare(Graph graph) {
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return new TokenInputs(
        graph.input(IDS, DType.I64, any), graph.input(POSITIONS, DType.I64, any));
  }
}
