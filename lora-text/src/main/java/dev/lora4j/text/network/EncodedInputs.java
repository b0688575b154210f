package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Encoded inputs, as a decoder attends to them. It is the same for each of its tokens, so it is
 * computed once for each input.
 *
 * @param keys of each layer of the decoder, [batch, heads, tokens, width]
 * @param values of each layer, shaped as the keys
 * @param present I64 [batch, tokens], 1 for tokens of the input and 0 for padding, which is masked
 */
public record EncodedInputs(List<Expr> keys, List<Expr> values, Expr present) {
  /** Name of the input with the mask of tokens that are no padding. */
  public static final String PRESENT = "present";

  /** Copies its lists. */
  public EncodedInputs {
    keys = List.copyOf(keys);
    values = List.copyOf(values);
  }

  /** Declares it as held inputs: what another program computed. */
  public static EncodedInputs declare(Graph graph, CacheSize size, DType type) {
    Shape shape = Shape.of(Shape.UNKNOWN, size.heads(), Shape.UNKNOWN, size.width());
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    for (int layer = 0; layer < size.layers(); layer++) {
      keys.add(graph.held(keysName(layer), type, shape));
      values.add(graph.held(valuesName(layer), type, shape));
    }
    Shape tokens = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    return new EncodedInputs(keys, values, graph.held(PRESENT, DType.I64, tokens));
  }

  /** Name of the input with the keys of a layer. */
  public static String keysName(int layer) {
    return "encoded keys:" + layer;
  }

  /** Name of the input with the values of a layer. */
  public static String valuesName(int layer) {
    return "encoded values:" + layer;
  }

  /**
   * Attention of a layer of the decoder to the input.
   *
   * @param q queries, [batch, heads, tokens, width]
   * @param scale what products are multiplied with
   * @return [batch, heads, tokens, width]
   */
  public Expr attend(int layer, Expr q, double scale) {
    Expr seen = present.ne(0).unsqueeze(1).unsqueeze(1);
    return q.attend(keys.get(layer), values.get(layer), Attention.PLAIN.masked(seen).scaled(scale));
  }
}
