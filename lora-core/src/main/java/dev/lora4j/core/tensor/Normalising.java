package dev.lora4j.core.tensor;

import java.util.List;

/** Operators of {@link Expr} that bring groups of elements to mean 0 and variance 1. */
public interface Normalising {
  /** The value operated on. */
  Expr self();

  /** Group normalisation; x: [batch, channels, ...], weight and bias: [channels]. */
  default Expr groupNorm(int groups, Expr weight, Expr bias, double epsilon) {
    Expr x = self();
    if (x.shape().rank() < 2 || !Sizes.divides(x.shape().size(1), groups)) {
      throw Mismatch.of(
          "group_norm", x, "channels that divide into " + groups + " groups", x.shape().toString());
    }
    return x.graph()
        .call("group_norm", x.dtype(), x.shape(), x, groups, weight, bias, epsilon, false);
  }

  /** Layer normalisation over the last dimension; weight and bias: [width]. */
  default Expr layerNorm(Expr weight, Expr bias, double epsilon) {
    Expr x = self();
    List<Dim> over = List.of(weight.dim(0));
    return x.graph()
        .call("layer_norm", x.dtype(), x.shape(), x, over, weight, bias, epsilon, false);
  }
}
