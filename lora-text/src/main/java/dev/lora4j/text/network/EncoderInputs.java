package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * Inputs of an encoder. Rows that are shorter than others end in padding.
 *
 * @param tokens ids and positions
 * @param types I64 [batch, tokens]: which of two texts a token is of
 * @param present BOOL [batch, tokens]: true where there is a token, false in the padding
 */
public record EncoderInputs(TokenInputs tokens, Expr types, Expr present) {
  /** Name of the input with the types. */
  public static final String TYPES = "types";

  /** Name of the input I64 [batch, tokens] that is 1 where there is a token and else 0. */
  public static final String PRESENT = "present";

  /** Declares all as inputs. */
  public static EncoderInputs declare(Graph graph) {
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return new EncoderInputs(
        TokenInputs.declare(graph),
        graph.input(TYPES, DType.I64, any),
        graph.input(PRESENT, DType.I64, any).ne(0));
  }

  /** Places of the tokens in [batch * tokens], counted row by row, without padding: I64 [n]. */
  public Expr places() {
    Expr flat = present.flatten(0, 1);
    Shape found = Shape.of(Shape.UNKNOWN, 1);
    return flat.graph().call("nonzero", DType.I64, found, flat).squeeze(1);
  }

  /** Mask of the keys of each token: all tokens of its row. BOOL [batch, 1, 1, tokens]. */
  public Expr seen() {
    return present.unsqueeze(1).unsqueeze(1);
  }
}
