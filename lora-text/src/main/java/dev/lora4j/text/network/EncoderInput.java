package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;

/**
 * Input that the encoder of a network reads: tokens, or {@linkplain EncoderFeatures features} of
 * something else than a text.
 *
 * @param type of its elements
 * @param shape [batch, ...], where the batch is unknown
 * @param places of an encoded input, all of which are there; 0 for as many as it has tokens
 */
public record EncoderInput(DType type, Shape shape, int places) {
  /** Tokens, I64 [batch, tokens]. */
  public static final EncoderInput TOKENS =
      new EncoderInput(DType.I64, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN), 0);

  /**
   * Features in F32.
   *
   * @param places of an encoded input
   * @param sizes of the features of one input
   */
  public static EncoderInput features(int places, long... sizes) {
    long[] all = new long[sizes.length + 1];
    all[0] = Shape.UNKNOWN;
    System.arraycopy(sizes, 0, all, 1, sizes.length);
    return new EncoderInput(DType.F32, Shape.of(all), places);
  }

  /** Returns true if tokens are read. */
  public boolean tokens() {
    return places == 0;
  }

  /** Shape of so many inputs side by side; of features alone. */
  public Shape rows(int rows) {
    return shape.with(0, rows);
  }

  /** Elements of one input; of features alone. */
  public int elements() {
    return Math.toIntExact(Arrays.stream(shape.sizes()).skip(1).reduce(1, Math::multiplyExact));
  }

  /** Declares the input {@link OutputLoss#INPUT}. */
  public Expr declare(Graph graph) {
    return graph.input(OutputLoss.INPUT, type, shape);
  }
}
