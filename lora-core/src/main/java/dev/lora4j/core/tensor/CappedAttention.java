package dev.lora4j.core.tensor;

/**
 * Attention whose scores are bounded before the mask, which libtorch's own operator does not have.
 * All scores are in memory at once.
 */
final class CappedAttention {
  private CappedAttention() {}

  /**
   * Stages it.
   *
   * @param q [batch, heads, tokens, width]
   * @param keys [batch, heads or fewer, keys, width]
   * @param values [batch, as the keys, keys, any width]
   * @param settings with a cap
   */
  static Expr of(Expr q, Expr keys, Expr values, Attention settings) {
    double cap = settings.cap().orElseThrow();
    Expr scores = scores(q, keys, settings);
    Expr bounded = scores.div(cap).tanh().mul(cap);
    Expr masked = settings.mask().map(m -> masked(bounded, m)).orElse(bounded);
    Expr seen =
        settings.causal()
            ? masked.maskedFill(StagedAttention.earlier(q, keys).not(), Double.NEGATIVE_INFINITY)
            : masked;
    Expr weights = weights(seen).to(q.dtype());
    Dim fewer = values.dim(1);
    Dim tokens = q.dim(2);
    Expr grouped = weights.reshape(q.dim(0), fewer, Dim.of(-1), keys.dim(2));
    Expr mixed = grouped.matmul(values);
    return mixed.reshape(q.dim(0), q.dim(1), tokens, values.dim(3));
  }

  /** Scores in F32 or wider: [batch, heads, tokens, keys]. Heads that share keys lie together. */
  private static Expr scores(Expr q, Expr keys, Attention settings) {
    Expr grouped = q.reshape(q.dim(0), keys.dim(1), Dim.of(-1), q.dim(3));
    Expr products = grouped.matmul(keys.transpose(2, 3));
    Expr each = products.reshape(q.dim(0), q.dim(1), q.dim(2), keys.dim(2));
    Expr wide = q.dtype().bits() < DType.F32.bits() ? each.to(DType.F32) : each;
    return settings.scale().isPresent()
        ? wide.mul(settings.scale().getAsDouble())
        : wide.div(width(q, wide.dtype()).sqrt());
  }

  private static Expr width(Expr q, DType type) {
    return q.graph().call("tensor", type, Shape.of(), q.dim(3), Keyword.of("dtype", type));
  }

  private static Expr masked(Expr scores, Expr mask) {
    return mask.dtype() == DType.BOOL
        ? scores.maskedFill(mask.not(), Double.NEGATIVE_INFINITY)
        : scores.add(mask.to(scores.dtype()));
  }

  /** Softmax, which gives zeros where all scores are minus infinity. */
  private static Expr weights(Expr scores) {
    return scores.graph().call("_safe_softmax", scores.dtype(), scores.shape(), scores, -1);
  }
}
