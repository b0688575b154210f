package dev.lora4j.core.tensor;

import java.util.List;

/** The operators of neural networks on {@link Expr}. */
public interface Neural {
  /** The value operated on. */
  Expr self();

  /** {@code x W^T}; x: [..., in], weight: [out, in]. */
  default Expr linear(Expr weight) {
    Expr x = self();
    return x.graph().call("linear", x.dtype(), linearShape(x, weight), x, weight);
  }

  /** {@code x W^T + b}; x: [..., in], weight: [out, in], bias: [out]. */
  default Expr linear(Expr weight, Expr bias) {
    Expr x = self();
    return x.graph().call("linear", x.dtype(), linearShape(x, weight), x, weight, bias);
  }

  private static Shape linearShape(Expr x, Expr weight) {
    Shape w = weight.shape();
    boolean fits =
        w.rank() == 2
            && x.dtype() == weight.dtype()
            && Shape.of(w.size(1)).admits(Shape.of(x.shape().size(-1)));
    if (!fits) {
      throw Mismatch.of(
          "linear",
          x,
          "x [..., in] and weight [out, in] of one type",
          x.dtype() + " " + x.shape() + " and " + weight.dtype() + " " + w);
    }
    return x.shape().with(-1, w.size(0));
  }

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
    boolean fits =
        w.rank() == 4
            && x.shape().rank() == 4
            && x.dtype() == weight.dtype()
            && Shape.of(w.size(1)).admits(Shape.of(x.shape().size(1)));
    if (!fits) {
      throw Mismatch.of(
          "conv2d",
          x,
          "x [batch, in, height, width] and weight [out, in, rows, columns]",
          x.dtype() + " " + x.shape() + " and " + weight.dtype() + " " + w);
    }
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

  /** Group normalisation; x: [batch, channels, ...], weight and bias: [channels]. */
  default Expr groupNorm(int groups, Expr weight, Expr bias, double epsilon) {
    Expr x = self();
    if (x.shape().size(1) % groups != 0) {
      throw Mismatch.of(
          "group_norm", x, "channels that divide into " + groups + " groups", x.shape().toString());
    }
    return x.graph()
        .call("group_norm", x.dtype(), x.shape(), x, groups, weight, bias, epsilon, false);
  }

  /** Layer normalisation over the last dimension; weight and bias: [width]. */
  default Expr layerNorm(Expr weight, Expr bias, double epsilon) {
    Expr x = self();
    List<Long> over = List.of(weight.shape().size(0));
    return x.graph()
        .call("layer_norm", x.dtype(), x.shape(), x, over, weight, bias, epsilon, false);
  }

  /** x * sigmoid(x). */
  default Expr silu() {
    return activation("silu");
  }

  /** Gaussian error linear unit, exact form. */
  default Expr gelu() {
    return activation("gelu");
  }

  /** Gaussian error linear unit, tanh form. */
  default Expr geluTanh() {
    Expr x = self();
    return x.graph().call("gelu", x.dtype(), x.shape(), x, Keyword.of("approximate", "tanh"));
  }

  /** x * sigmoid(1.702 x), the approximation that CLIP ViT-L uses. */
  default Expr quickGelu() {
    return self().mul(self().mul(1.702).sigmoid());
  }

  /** Logistic function. */
  default Expr sigmoid() {
    return activation("sigmoid");
  }

  /** Hyperbolic tangent. */
  default Expr tanh() {
    return activation("tanh");
  }

  /**
   * Scaled dot-product attention with scale 1/sqrt(width); this and both others: [batch, heads,
   * tokens, width].
   */
  default Expr attend(Expr keys, Expr values) {
    return attend(keys, values, false);
  }

  /** {@link #attend(Expr, Expr)}; if causal, no token sees a later one. */
  default Expr attend(Expr keys, Expr values, boolean causal) {
    Expr q = self();
    if (q.shape().rank() != 4 || keys.shape().rank() != 4 || q.dtype() != keys.dtype()) {
      throw Mismatch.of(
          "attend",
          q,
          "[batch, heads, tokens, width] of one type",
          q.dtype() + " " + q.shape() + " and " + keys.dtype() + " " + keys.shape());
    }
    return q.graph()
        .call(
            "scaled_dot_product_attention",
            q.dtype(),
            q.shape().with(3, values.shape().size(3)),
            q,
            keys,
            values,
            Keyword.NONE,
            0.0,
            causal);
  }

  /** Rows of this table [entries, width] at {@code indices} (I64): [indices..., width]. */
  default Expr embedding(Expr indices) {
    Expr table = self();
    long[] sizes = new long[indices.shape().rank() + 1];
    System.arraycopy(indices.shape().sizes(), 0, sizes, 0, sizes.length - 1);
    sizes[sizes.length - 1] = table.shape().size(1);
    return table.graph().call("embedding", table.dtype(), Shape.of(sizes), table, indices);
  }

  /** Each pixel repeated {@code factor} times in both directions; x: [batch, channels, h, w]. */
  default Expr upsampleNearest(int factor) {
    Expr x = self();
    Shape s = x.shape();
    Shape shape = s.with(2, scaled(s.size(2), factor)).with(3, scaled(s.size(3), factor));
    List<Dim> size = List.of(x.dim(2).times(factor), x.dim(3).times(factor));
    return x.graph().call("upsample_nearest2d", x.dtype(), shape, x, size);
  }

  /** Zeros added at the right and the bottom; x: [batch, channels, h, w]. */
  default Expr padRightBottom(int columns, int rows) {
    Expr x = self();
    Shape s = x.shape();
    long height = s.size(2) == Shape.UNKNOWN ? Shape.UNKNOWN : s.size(2) + rows;
    long width = s.size(3) == Shape.UNKNOWN ? Shape.UNKNOWN : s.size(3) + columns;
    return x.graph()
        .call(
            "constant_pad_nd",
            x.dtype(),
            s.with(2, height).with(3, width),
            x,
            List.of(0, columns, 0, rows),
            0);
  }

  private static long scaled(long size, int factor) {
    return size == Shape.UNKNOWN ? size : size * factor;
  }

  private Expr activation(String operator) {
    Expr x = self();
    return x.graph().call(operator, x.dtype(), x.shape(), x);
  }
}
