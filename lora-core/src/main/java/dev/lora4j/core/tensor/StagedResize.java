package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Stages changes of resolution.
 *
 * <p>libtorch's gradient of the antialiased kernels is wrong where the new width is 1 and the
 * height changes. It is right where the height stays, so where the width may be 1, each direction
 * is a call of its own, as the kernels go through them anyway.
 */
final class StagedResize {
  private StagedResize() {}

  static Expr to(Expr picture, Resize how, Dim height, Dim width) {
    Expr x = picture(how.operator(), picture);
    if (height.known() == 0 || width.known() == 0) {
      throw Mismatch.of(
          how.operator(), x, "a height and a width above 0", "[" + height + ", " + width + "]");
    }
    if (how.antialias() && Sizes.agree(width.known(), 1)) {
      Expr turned = call(x, how, x.dim(2), width).transpose(2, 3);
      return call(turned, how, width, height).transpose(2, 3);
    }
    return call(x, how, height, width);
  }

  private static Expr call(Expr x, Resize how, Dim height, Dim width) {
    Shape shape = x.shape().with(2, height.known()).with(3, width.known());
    return call(x, how, shape, List.of(height, width), List.of());
  }

  static Expr by(Expr picture, Resize how, double heightFactor, double widthFactor) {
    Expr x = picture(how.operator(), picture);
    Shape shape = scaled(x, heightFactor, widthFactor);
    if (!(heightFactor > 0) || !(widthFactor > 0) || shape.size(2) == 0 || shape.size(3) == 0) {
      throw Mismatch.of(
          how.operator(),
          x,
          "factors that leave something of " + x.shape(),
          heightFactor + " and " + widthFactor);
    }
    if (how.antialias() && Sizes.agree(shape.size(3), 1)) {
      Expr turned = callBy(x, how, 1, widthFactor).transpose(2, 3);
      return callBy(turned, how, 1, heightFactor).transpose(2, 3);
    }
    return callBy(x, how, heightFactor, widthFactor);
  }

  private static Expr callBy(Expr x, Resize how, double heightFactor, double widthFactor) {
    Shape shape = scaled(x, heightFactor, widthFactor);
    List<Double> factors = List.of(heightFactor, widthFactor);
    return call(x, how, shape, Keyword.NONE, List.of(factors));
  }

  private static Shape scaled(Expr x, double heightFactor, double widthFactor) {
    Shape shape = x.shape();
    long height = Sizes.map(shape.size(2), s -> (long) (s * Math.max(heightFactor, 0)));
    long width = Sizes.map(shape.size(3), s -> (long) (s * Math.max(widthFactor, 0)));
    return shape.with(2, height).with(3, width);
  }

  private static Expr call(Expr x, Resize how, Shape shape, Object sizes, List<?> factors) {
    // On a CPU libtorch has the antialiased kernels for neither F16 nor BF16.
    Expr wide = how.antialias() && x.dtype().bits() == 16 ? x.to(DType.F32) : x;
    List<Object> arguments = new ArrayList<>(List.of(wide, sizes));
    if (how.smooth()) {
      arguments.add(how.alignCorners());
    }
    arguments.addAll(factors);
    return x.graph().call(how.operator(), wide.dtype(), shape, arguments.toArray()).to(x.dtype());
  }

  /** {@code x}, if it is a picture. */
  static Expr picture(String operator, Expr x) {
    Mismatch.require(
        x.dtype().floating() && x.shape().rank() == 4,
        operator,
        "a floating-point type and [batch, channels, height, width]",
        x);
    return x;
  }
}
