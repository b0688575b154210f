package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/** Checks of the settings of pooling, and the sizes of the result. */
final class StagedPool {
  private final String operator;
  private final Expr x;
  private final boolean ceiling;
  private final int dimensions;
  private final List<Integer> size;
  private final List<Integer> stride;
  private final List<Integer> padding;
  private final List<Integer> dilation;

  StagedPool(String operator, Expr x, Pool settings) {
    this.dimensions = dimensions(operator, x);
    this.operator = operator + dimensions + "d";
    this.x = x;
    this.ceiling = settings.ceiling();
    this.size = spread("window", settings.size());
    this.stride = spread("stride", settings.stride());
    this.padding = spread("padding", settings.padding());
    this.dilation = spread("dilation", settings.dilation());
  }

  /** Number of spatial dimensions of {@code x}. */
  static int dimensions(String operator, Expr x) {
    int rank = x.shape().rank();
    Mismatch.require(
        x.dtype().floating() && rank >= 3 && rank <= 5,
        operator,
        "a floating-point type and [batch, channels, sizes...] with one to three sizes",
        x);
    return rank - 2;
  }

  private List<Integer> spread(String setting, List<Integer> given) {
    return PerDimension.spread(operator, x, setting, given, dimensions);
  }

  /** Name of the operator for this many dimensions. */
  String operator() {
    return operator;
  }

  /** One dilation for each dimension. */
  List<Integer> dilation() {
    return dilation;
  }

  /** The arguments that all kinds of pooling begin with. */
  List<Object> arguments() {
    return new ArrayList<>(List.of(x, size, stride, padding));
  }

  /** Shape of the result. */
  Shape shape() {
    Shape shape = x.shape();
    for (int d = 0; d < dimensions; d++) {
      if (2 * padding.get(d) > size.get(d)) {
        throw Mismatch.of(
            operator, x, "padding of at most half a window", padding + " for " + size);
      }
      if (shape.size(d + 2) != Shape.UNKNOWN) {
        shape = shape.with(d + 2, windows(d, shape.size(d + 2)));
      }
    }
    return shape;
  }

  private long windows(int d, long elements) {
    long room = elements + 2L * padding.get(d) - dilation.get(d) * (size.get(d) - 1L) - 1;
    long steps = Math.floorDiv(room + (ceiling ? stride.get(d) - 1 : 0), (long) stride.get(d));
    // A window that would begin in the padding after the last element is left out.
    boolean outside = ceiling && steps * stride.get(d) >= elements + padding.get(d);
    long windows = outside ? steps : steps + 1;
    if (windows < 1) {
      throw Mismatch.of(operator, x, "sizes from that of a window", size + " on " + x.shape());
    }
    return windows;
  }
}
