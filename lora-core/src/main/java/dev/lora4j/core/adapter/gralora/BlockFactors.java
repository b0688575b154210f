package dev.lora4j.core.adapter.gralora;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * The mathematics of GraLoRA: the weight as k times k blocks, each with directions of its own.
 *
 * @param a [k, in / k, rank]: block n of the inputs has rank / k directions for each block of the
 *     outputs
 * @param b [k, rank, out / k]: block m of the outputs has rank / k directions of each block of the
 *     inputs
 */
record BlockFactors(Expr a, Expr b) {
  private long blocks() {
    return a.shape().size(0);
  }

  /** Directions of one block. */
  private Dim each() {
    return a.dim(2).over(blocks());
  }

  private Dim count() {
    return Dim.of(blocks());
  }

  /** The change of the weight, [out, in]. */
  Expr delta(Site site) {
    Expr left = b.reshape(count(), count(), each(), b.dim(2)).permute(0, 1, 3, 2);
    Expr right = a.reshape(count(), a.dim(1), count(), each()).permute(2, 0, 3, 1);
    return left.matmul(right).permute(0, 2, 1, 3).reshape(site.weight().sizes());
  }

  /** The same as a product of rank k * rank, most of which is 0. */
  LowRank product(Site site) {
    Expr one = Constants.eye(a.graph(), a.dtype(), count());
    Expr rows = a.transpose(1, 2).unsqueeze(2).mul(one.reshape(blocks(), 1, blocks(), 1));
    Expr columns =
        b.reshape(count(), count(), each(), b.dim(2))
            .permute(0, 3, 1, 2)
            .unsqueeze(3)
            .mul(one.reshape(blocks(), 1, 1, blocks(), 1));
    return new LowRank(rows.reshape(-1, site.in()), columns.reshape(site.out(), -1));
  }

  /** The change's contribution to the output: [..., in] to [..., out]. */
  Expr linear(Expr x) {
    Expr inputs = x.reshape(Dim.of(-1), count(), a.dim(1)).transpose(0, 1);
    // [from block, token, to block, directions] meets [to block, token, from block * directions].
    Expr inner = inputs.matmul(a);
    Expr exchanged = inner.reshape(count(), inner.dim(1), count(), each()).permute(2, 1, 0, 3);
    Expr y = exchanged.reshape(count(), inner.dim(1), a.dim(2)).matmul(b).transpose(0, 1);
    return y.reshape(Dim.withLast(x, Dim.of(blocks() * b.shape().size(2))));
  }
}
