package dev.lora4j.core.tensor;

/** Operators of {@link Expr} that take vectors from one width to another by a table of weights. */
public interface ProjectionOps {
  /** The value operated on. */
  Expr self();

  /** {@code x W^T}; x: [..., in], weight: [out, in]. */
  default Expr linear(Expr weight) {
    Expr x = self();
    return x.graph().call("linear", x.dtype(), projected(x, weight), x, weight);
  }

  /** {@code x W^T + b}; x: [..., in], weight: [out, in], bias: [out]. */
  default Expr linear(Expr weight, Expr bias) {
    Expr x = self();
    Shape shape = projected(x, weight);
    Mismatch.require(
        bias.dtype() == x.dtype() && Shape.of(shape.size(-1)).admits(bias.shape()),
        "linear",
        "weight [out, in] and bias [out] of one type",
        weight,
        bias);
    return x.graph().call("linear", x.dtype(), shape, x, weight, bias);
  }

  private static Shape projected(Expr x, Expr weight) {
    Shape w = weight.shape();
    Mismatch.require(
        w.rank() == 2
            && x.shape().rank() > 0
            && x.dtype() == weight.dtype()
            && Sizes.agree(w.size(1), x.shape().size(-1)),
        "linear",
        "x [..., in] and weight [out, in] of one type",
        x,
        weight);
    return x.shape().with(-1, w.size(0));
  }

  /** Rows of this table [entries, width] at {@code indices} (I64 or I32): [indices..., width]. */
  default Expr embedding(Expr indices) {
    Expr table = self();
    boolean whole = indices.dtype() == DType.I64 || indices.dtype() == DType.I32;
    Mismatch.require(
        whole && table.shape().rank() == 2,
        "embedding",
        "a table [entries, width] and indices of I64 or I32",
        table,
        indices);
    long[] sizes = new long[indices.shape().rank() + 1];
    System.arraycopy(indices.shape().sizes(), 0, sizes, 0, sizes.length - 1);
    sizes[sizes.length - 1] = table.shape().size(1);
    return table.graph().call("embedding", table.dtype(), Shape.of(sizes), table, indices);
  }
}
