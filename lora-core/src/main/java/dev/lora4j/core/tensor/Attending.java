package dev.lora4j.core.tensor;

/** Attention on {@link Expr}. */
public interface Attending {
  /** The value operated on. */
  Expr self();

  /**
   * Scaled dot-product attention with scale 1/sqrt(width); this and both others: [batch, heads,
   * tokens, width].
   */
  default Expr attend(Expr keys, Expr values) {
    return attend(keys, values, false);
  }

  /** {@link #attend(Expr, Expr)}; if causal, no token sees a later one. */
  default Expr attend(Expr keys, Expr values, boolean causal) {
    Expr q = self();
    if (q.shape().rank() != 4 || keys.shape().rank() != 4 || q.dtype() != keys.dtype()) {
      throw Mismatch.of(
          "attend",
          q,
          "[batch, heads, tokens, width] of one type",
          q.dtype() + " " + q.shape() + " and " + keys.dtype() + " " + keys.shape());
    }
    return q.graph()
        .call(
            "scaled_dot_product_attention",
            q.dtype(),
            q.shape().with(3, values.shape().size(3)),
            q,
            keys,
            values,
            Keyword.NONE,
            0.0,
            causal);
  }
}
