package dev.lora4j.core.tensor;

import java.util.List;

/** Convolutions of {@link Expr}. */
public interface Convolving {
  /** The value operated on. */
  Expr self();

  /**
   * Two-dimensional convolution without bias; x: [batch, in, height, width], weight: [out, in,
   * rows, columns].
   */
  default Expr conv2d(Expr weight, int stride, int padding) {
    return convolve(weight, Keyword.NONE, stride, padding);
  }

  /** {@link #conv2d(Expr, int, int)} with bias: [out]. */
  default Expr conv2d(Expr weight, Expr bias, int stride, int padding) {
    return convolve(weight, bias, stride, padding);
  }

  private Expr convolve(Expr weight, Object bias, int stride, int padding) {
    Expr x = self();
    Shape w = weight.shape();
    Mismatch.require(
        w.rank() == 4
            && x.shape().rank() == 4
            && x.dtype() == weight.dtype()
            && Sizes.agree(w.size(1), x.shape().size(1)),
        "conv2d",
        "x [batch, in, height, width] and weight [out, in, rows, columns]",
        x,
        weight);
    Shape shape =
        Shape.of(
            x.shape().size(0),
            w.size(0),
            convolved(x.shape().size(2), w.size(2), stride, padding),
            convolved(x.shape().size(3), w.size(3), stride, padding));
    List<Integer> strides = List.of(stride, stride);
    List<Integer> paddings = List.of(padding, padding);
    return x.graph().call("conv2d", x.dtype(), shape, x, weight, bias, strides, paddings);
  }

  private static long convolved(long size, long kernel, int stride, int padding) {
    return size == Shape.UNKNOWN || kernel == Shape.UNKNOWN
        ? Shape.UNKNOWN
        : (size + 2L * padding - kernel) / stride + 1;
  }
}
