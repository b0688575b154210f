package dev.lora4j.core.tensor;

/** Attention on {@link Expr} (Vaswani et al. 2017). */
public interface AttentionOps {
  /** The value operated on. */
  Expr self();

  /**
   * Scaled dot-product attention with scale 1/sqrt(width). This is the queries: [batch, heads,
   * tokens, width]; keys: [batch, heads, keys, width], values: [batch, heads, keys, any width].
   * Keys and values may have fewer heads, each of which then serves as many heads of the queries as
   * there are (Ainslie et al. 2023). A token that sees no key gets zeros.
   */
  default Expr attend(Expr keys, Expr values) {
    return attend(keys, values, Attention.PLAIN);
  }

  /** {@link #attend(Expr, Expr)}; if causal, no token sees a later one. */
  default Expr attend(Expr keys, Expr values, boolean causal) {
    return attend(keys, values, causal ? Attention.CAUSAL : Attention.PLAIN);
  }

  /** {@link #attend(Expr, Expr)} with a mask, causal or with another scale. */
  default Expr attend(Expr keys, Expr values, Attention settings) {
    return StagedAttention.of(self(), keys, values, settings);
  }
}
