package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import java.util.Collections;
import java.util.List;

/** Forward operations of layers for weights that a program computes. */
public final class LayerMath {
  private LayerMath() {}

  /**
   * The output of a linear layer or a convolution without its bias.
   *
   * @param x [..., in], or [batch, in, sizes] for a convolution
   * @param weight in the shape of the site's weight, in x's type
   */
  public static Expr apply(Site site, Expr x, Expr weight) {
    return switch (site.kind()) {
      case LINEAR -> x.linear(weight);
      case CONVOLUTION -> convolve(x, weight, site);
      case EMBEDDING -> weight.embedding(x);
      case NORM -> throw new AdapterException(site.name() + " is a norm; it has no product.");
    };
  }

  /**
   * The product of the output of {@link #apply} with [out, in] or [out, in, 1, ...]: a linear layer
   * or a convolution of one point, without stride and padding.
   */
  public static Expr point(Site site, Expr x, Expr weight) {
    Site point = new Site(site.name(), site.kind(), weight.shape(), false, 1, 0, 1, 1);
    return apply(point, x, weight);
  }

  /**
   * Values by channel in a shape that multiplies a layer's output.
   *
   * @param values [1 or batch, channels]
   * @param y [batch, ..., channels], or [batch, channels, sizes] of a convolution
   */
  public static Expr perChannel(Site site, Expr values, Expr y) {
    Expr shaped = values;
    for (int d = 2; d < y.shape().rank(); d++) {
      shaped = shaped.unsqueeze(site.convolution() ? -1 : 1);
    }
    return shaped;
  }

  /**
   * The second dimension of a weight or kernel multiplied by a matrix, at each tap by itself:
   * {@code result[o, j, ...] = sum over i of weight[o, i, ...] * matrix[i, j]}.
   */
  public static Expr contract(Expr weight, Expr matrix) {
    int last = weight.shape().rank() - 1;
    return last == 1
        ? weight.matmul(matrix)
        : weight.transpose(1, last).matmul(matrix).transpose(1, last);
  }

  private static Expr convolve(Expr x, Expr weight, Site site) {
    int sizes = weight.shape().rank() - 2;
    Shape shape = x.shape().with(1, weight.shape().size(0));
    for (int d = 0; d < sizes; d++) {
      shape = shape.with(2 + d, convolved(site, x.shape().size(2 + d), weight.shape().size(2 + d)));
    }
    return x.graph()
        .call(
            "conv" + sizes + "d",
            x.dtype(),
            shape,
            x,
            weight,
            Keyword.NONE,
            each(sizes, site.stride()),
            each(sizes, site.padding()),
            each(sizes, site.dilation()),
            site.groups());
  }

  private static long convolved(Site site, long size, long kernel) {
    return size == Shape.UNKNOWN || kernel == Shape.UNKNOWN
        ? Shape.UNKNOWN
        : (size + 2L * site.padding() - site.dilation() * (kernel - 1) - 1) / site.stride() + 1;
  }

  private static List<Integer> each(int sizes, int value) {
    return Collections.nCopies(sizes, value);
  }
}
