package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A change of a weight as a product of two factors, not multiplied by its scale yet.
 *
 * @param down [rank, in], [rank, in, kernel sizes] for a convolution, [rank, width] for an
 *     embedding
 * @param up [out, rank], [out, rank, 1, ...] for a convolution, [entries, rank] for an embedding
 */
public record LowRank(Expr down, Expr up) {
  /** Shape of the down factor at a site. */
  public static Shape down(Site site, long rank) {
    return site.weight().with(0, rank);
  }

  /** Shape of the up factor at a site. */
  public static Shape up(Site site, long rank) {
    return point(site, site.out(), rank);
  }

  /** [rows, columns], with as many 1 behind as the site's kernel has sizes. */
  public static Shape point(Site site, long rows, long columns) {
    long[] sizes = new long[site.weight().rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = rows;
    sizes[1] = columns;
    return Shape.of(sizes);
  }

  /** The product, in the shape of the site's weight. */
  public Expr product(Site site) {
    Expr left = up.reshape(up.dim(0), Dim.of(-1));
    return left.matmul(down.reshape(down.dim(0), Dim.of(-1))).reshape(site.weight().sizes());
  }

  /**
   * The product's contribution to the output of its site; the product itself is not formed.
   *
   * @param x the input of a linear layer or a convolution: [batch, ..., in] or [batch, in, sizes]
   */
  public Expr unmerged(Site site, Expr x) {
    return unmerged(site, x, UnaryOperator.identity());
  }

  /**
   * {@link #unmerged(Site, Expr)} with each direction multiplied by a factor.
   *
   * @param mix the factors, [1 or batch, rank]
   */
  public Expr unmerged(Site site, Expr x, Expr mix) {
    return unmerged(site, x, inner -> inner.mul(LayerMath.perChannel(site, mix, inner)));
  }

  /**
   * {@link #unmerged(Site, Expr)} with anything done between the two factors.
   *
   * @param mix from directions [batch, ..., rank], or [batch, rank, sizes] of a convolution, to the
   *     same
   */
  public Expr unmerged(Site site, Expr x, UnaryOperator<Expr> mix) {
    return LayerMath.point(site, mix.apply(LayerMath.apply(site, x, down)), up);
  }
}
