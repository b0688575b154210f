package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Stages padding. Sides are before and after in the last dimension, then in the one before it. */
final class StagedPadding {
  private static final String OPERATOR = "pad";

  private StagedPadding() {}

  static Expr of(Expr x, double value, int... sides) {
    Shape shape = padded(x, sides);
    List<Integer> list = Arrays.stream(sides).boxed().toList();
    return x.graph().call("constant_pad_nd", x.dtype(), shape, x, list, value);
  }

  static Expr of(Expr x, PadMode mode, int... sides) {
    if (IntStream.of(sides).anyMatch(s -> s < 0)) {
      throw Mismatch.of(OPERATOR, x, "sides of 0 or more", Arrays.toString(sides));
    }
    if (mode == PadMode.ZEROS) {
      return of(x, 0, sides);
    }
    Shape shape = padded(x, sides);
    int dimensions = sides.length / 2;
    Mismatch.require(
        dimensions <= 3 && x.shape().rank() == dimensions + 2,
        OPERATOR,
        "[batch, channels, sizes...] with 1 to 3 sizes, all of them padded, by " + dimensions,
        x);
    for (int i = 0; i < sides.length; i++) {
      long size = x.shape().size(-1 - i / 2);
      if (size != Shape.UNKNOWN && sides[i] > mode.limit(size)) {
        throw Mismatch.of(
            OPERATOR,
            x,
            "sides of at most " + mode.limit(size) + " to " + mode.aten() + " a size of " + size,
            Arrays.toString(sides));
      }
    }
    // On a CPU libtorch 2.5 has these kinds of padding not for F16.
    Expr wide = x.dtype() == DType.F16 ? x.to(DType.F32) : x;
    List<Integer> list = Arrays.stream(sides).boxed().toList();
    return x.graph().call(OPERATOR, wide.dtype(), shape, wide, list, mode.aten()).to(x.dtype());
  }

  private static Shape padded(Expr x, int... sides) {
    Shape shape = x.shape();
    if (sides.length == 0 || sides.length % 2 != 0 || sides.length > 2 * shape.rank()) {
      throw Mismatch.of(
          OPERATOR,
          x,
          "two sides for each of the last dimensions",
          Arrays.toString(sides) + " for " + shape);
    }
    for (int i = 0; i < sides.length; i += 2) {
      int both = sides[i] + sides[i + 1];
      int d = -1 - i / 2;
      long size = Sizes.map(shape.size(d), s -> s + both);
      if (shape.size(d) != Shape.UNKNOWN && size < 0) {
        throw Mismatch.of(
            OPERATOR, x, "sides that leave something of " + x.shape(), Arrays.toString(sides));
      }
      shape = shape.with(d, size);
    }
    return shape;
  }
}
