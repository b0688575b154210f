package dev.lora4j.core.tensor;

/**
 * Products of a network's linear layers. Where the graph computes {@linkplain Graph#rowsAlone rows
 * alone}, those of two dimensions are: a product of matrices adds up in another order if it has
 * another number of rows, as libraries divide it into other blocks.
 */
public final class RowProducts {
  private RowProducts() {}

  /** {@code x W^T}; x: [..., in], weight: [out, in]. */
  public static Expr linear(Expr x, Expr weight) {
    if (!x.graph().rowsAlone(x)) {
      return x.linear(weight);
    }
    Expr each = weight.transpose(0, 1).unsqueeze(0);
    Expr batch = each.expand(x.dim(0), weight.dim(1), weight.dim(0));
    Shape shape = Shape.of(x.shape().size(0), 1, weight.shape().size(0));
    return x.graph().call("bmm", x.dtype(), shape, x.unsqueeze(1), batch).squeeze(1);
  }

  /** {@code x W^T + b}; x: [..., in], weight: [out, in], bias: [out]. */
  public static Expr linear(Expr x, Expr weight, Expr bias) {
    return x.graph().rowsAlone(x) ? linear(x, weight).add(bias) : x.linear(weight, bias);
  }
}
