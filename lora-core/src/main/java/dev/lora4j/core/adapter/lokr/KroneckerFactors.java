package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/** LoKr's two parts, computed from their stored factors, and their product. */
final class KroneckerFactors {
  static final String W1 = "lokr_w1";
  static final String W1_A = "lokr_w1_a";
  static final String W1_B = "lokr_w1_b";
  static final String W2 = "lokr_w2";
  static final String W2_A = "lokr_w2_a";
  static final String W2_B = "lokr_w2_b";
  static final String T2 = "lokr_t2";

  private KroneckerFactors() {}

  /** w1 [a, c], times the scalar if there is one. */
  private static Expr first(StagedFactors factors) {
    Expr w1 = factors.find(W1).orElseGet(() -> factors.get(W1_A).matmul(factors.get(W1_B)));
    return Alpha.scaled(factors, w1);
  }

  /** The factors of w2: down [rank, d * kernel] and up [b, rank]. */
  private static LowRank factored(StagedFactors factors) {
    Expr a = factors.get(W2_A);
    Expr b = factors.get(W2_B);
    if (factors.find(T2).isEmpty()) {
      return new LowRank(b, a);
    }
    Expr core = LayerMath.contract(factors.get(T2), b);
    return new LowRank(core.reshape(core.dim(0), Dim.of(-1)), a.transpose(0, 1));
  }

  /** w2 flattened: [b, d * kernel]. */
  private static Expr second(StagedFactors factors) {
    if (factors.find(W2).isPresent()) {
      Expr w2 = factors.get(W2);
      return w2.reshape(w2.shape().size(0), -1);
    }
    LowRank pair = factored(factors);
    return pair.up().matmul(pair.down());
  }

  /** Columns run over c, d and the kernel in this order, so that the kernel may stay flattened. */
  static Expr product(Site site, StagedFactors factors) {
    Shape flat = Shape.of(site.out(), site.rest());
    return kronecker(flat, first(factors), second(factors)).reshape(site.weight().sizes());
  }

  /** The Frobenius norm of the product, which is that of the parts multiplied. */
  static Expr norm(StagedFactors factors) {
    return first(factors).norm().mul(second(factors).norm());
  }

  static LowRank lowRank(Site site, StagedFactors factors) {
    Expr w1 = first(factors);
    LowRank w2 = factored(factors);
    long columns = w1.shape().size(1);
    Expr one = Constants.eye(w1.graph(), w1.dtype(), Dim.of(columns));
    Expr up = kronecker(Shape.of(site.out(), Shape.UNKNOWN), w1, w2.up());
    Expr down = kronecker(Shape.of(Shape.UNKNOWN, site.rest()), one, w2.down());
    return new LowRank(
        down.reshape(LowRank.down(site, -1).sizes()), up.reshape(LowRank.up(site, -1).sizes()));
  }

  /**
   * The product's contribution to a linear layer's output, without forming the product: with x as
   * [c, d] it is {@code w1 x w2^T}.
   */
  static Expr linear(Expr x, StagedFactors factors) {
    Expr w1 = first(factors);
    Expr w2 = second(factors);
    Expr split = x.reshape(Dim.withLast(x, Dim.of(w1.shape().size(1)), Dim.of(w2.shape().size(1))));
    Expr y = w1.matmul(split.matmul(w2.transpose(0, 1)));
    return y.reshape(Dim.withLast(x, Dim.of(w1.shape().size(0) * w2.shape().size(0))));
  }

  /** The engine's own operator wants its operands to be contiguous. */
  private static Expr kronecker(Shape shape, Expr left, Expr right) {
    Expr rows = left.unsqueeze(1).unsqueeze(3);
    return rows.mul(right.unsqueeze(0).unsqueeze(2)).reshape(shape.sizes());
  }
}
