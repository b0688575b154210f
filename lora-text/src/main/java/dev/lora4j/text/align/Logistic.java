package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Expr;

/** The logistic function where it is nearly 0 or 1. */
public final class Logistic {
  private Logistic() {}

  /** Logarithm of the logistic function, exact on both sides. */
  public static Expr logSigmoid(Expr x) {
    return x.graph().call("log_sigmoid", x.dtype(), x.shape(), x);
  }

  /**
   * Logistic loss of a margin, {@code -log sigmoid(margin)}, of which a share is taken the other
   * way round.
   *
   * @param smoothing the share
   */
  public static Expr loss(Expr margin, double smoothing) {
    Expr right = logSigmoid(margin).mul(-(1 - smoothing));
    return right.sub(logSigmoid(margin.neg()).mul(smoothing));
  }

  /**
   * Logarithm of 1 - e^x for x below 0, by the branch that keeps its digits (Mächler 2012, equation
   * 7).
   */
  public static Expr log1mExp(Expr x) {
    // Each branch sees numbers alone that it is finite at: its gradient counts where it is not
    // chosen too, and nothing times infinity is no number.
    double half = -Math.log(2);
    Expr near = x.clampMin(half).expm1().neg().log();
    Expr far = x.clampMax(half).exp().neg().log1p();
    return near.where(x.gt(half), far);
  }
}
