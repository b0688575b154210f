package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/** The mathematics of LoRA: how factors begin, and the two forms in which they act. */
public final class LoraMath {
  private LoraMath() {}

  /** The down factor to train for a site, of any rank; begins as PyTorch begins a linear layer. */
  public static Parameter down(Site site) {
    Shape shape = site.weight().with(0, Shape.UNKNOWN);
    return new Parameter(site.name() + ".down", shape, Parameter.Init.KAIMING);
  }

  /**
   * The up factor to train for a site, of any rank; begins at zero, so that training begins at the
   * base.
   */
  public static Parameter up(Site site) {
    long rank = Shape.UNKNOWN;
    Shape shape =
        site.convolution() ? Shape.of(site.out(), rank, 1, 1) : Shape.of(site.out(), rank);
    return new Parameter(site.name() + ".up", shape, Parameter.Init.ZEROS);
  }

  /**
   * What factors add to the output of their site, without forming the change of the weight.
   *
   * @param x the site's input: [batch, ..., in] or [batch, in, height, width]
   * @param down [rank, in] or [rank, in, rows, columns]
   * @param up [out, rank] or [out, rank, 1, 1]
   * @param mix what each direction is multiplied by, [1 or batch, rank]
   */
  public static Expr beside(Site site, Expr x, Expr down, Expr up, Expr mix) {
    if (site.convolution()) {
      Expr inner = x.conv2d(down, site.stride(), site.padding());
      return inner.mul(mix.unsqueeze(-1).unsqueeze(-1)).conv2d(up, 1, 0);
    }
    Expr inner = x.linear(down);
    return inner.mul(x.shape().rank() == 3 ? mix.unsqueeze(1) : mix).linear(up);
  }

  /**
   * The change of a site's weight, flattened to [out, rest].
   *
   * @param down [rank, in] or [rank, in, rows, columns]
   * @param up [out, rank] or [out, rank, 1, 1]
   * @param mix what each direction is multiplied by, [rank]
   */
  public static Expr delta(Expr down, Expr up, Expr mix) {
    Expr left = up.reshape(up.dim(0), Dim.of(-1)).mul(mix.unsqueeze(0));
    return left.matmul(down.reshape(down.dim(0), Dim.of(-1)));
  }
}
