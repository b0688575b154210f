package dev.lora4j.core.tensor;

/**
 * Convolutions of {@link Expr}, over as many spatial dimensions as the weight has: one, two or
 * three.
 */
public interface ConvOps {
  /** The value operated on. */
  Expr self();

  /**
   * Two-dimensional convolution without bias; x: [batch, in, height, width], weight: [out, in,
   * rows, columns].
   */
  default Expr conv2d(Expr weight, int stride, int padding) {
    return convolve(weight, Convolution.strided(stride).padded(padding));
  }

  /** {@link #conv2d(Expr, int, int)} with bias: [out]. */
  default Expr conv2d(Expr weight, Expr bias, int stride, int padding) {
    return convolve(weight, bias, Convolution.strided(stride).padded(padding));
  }

  /** Convolution without bias; x: [batch, in, sizes...], weight: [out, in / groups, kernel...]. */
  default Expr convolve(Expr weight, Convolution settings) {
    return StagedConvolution.of(self(), weight, Keyword.NONE, settings);
  }

  /** {@link #convolve(Expr, Convolution)} with bias: [out]. */
  default Expr convolve(Expr weight, Expr bias, Convolution settings) {
    return StagedConvolution.of(self(), weight, bias, settings);
  }

  /**
   * Transposed convolution without bias; x: [batch, in, sizes...], weight: [in, out / groups,
   * kernel...]. A size s becomes (s - 1) * stride - 2 * padding + dilation * (kernel - 1) + output
   * padding + 1.
   */
  default Expr convolveTransposed(Expr weight, TransposedConvolution settings) {
    return StagedConvolution.of(self(), weight, Keyword.NONE, settings);
  }

  /** {@link #convolveTransposed(Expr, TransposedConvolution)} with bias: [out]. */
  default Expr convolveTransposed(Expr weight, Expr bias, TransposedConvolution settings) {
    return StagedConvolution.of(self(), weight, bias, settings);
  }
}
