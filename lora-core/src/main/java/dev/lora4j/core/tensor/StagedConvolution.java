package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Staging of convolutions: checks operands and settings, and computes the sizes of the result. */
final class StagedConvolution {
  private final String operator;
  private final Expr x;
  private final Expr weight;
  private final int dimensions;

  private StagedConvolution(String operator, Expr x, Expr weight) {
    this.dimensions = weight.shape().rank() - 2;
    this.operator = dimensions < 1 || dimensions > 3 ? operator : operator + dimensions + "d";
    this.x = x;
    this.weight = weight;
    Mismatch.require(
        dimensions >= 1 && dimensions <= 3 && x.shape().rank() == dimensions + 2,
        this.operator,
        "x [batch, channels, sizes...] and a weight with as many, of one to three sizes",
        x,
        weight);
  }

  static Expr of(Expr x, Expr weight, Object bias, Convolution settings) {
    return new StagedConvolution("conv", x, weight).plain(bias, settings);
  }

  static Expr of(Expr x, Expr weight, Object bias, TransposedConvolution settings) {
    return new StagedConvolution("conv_transpose", x, weight).transposed(bias, settings);
  }

  private Expr plain(Object bias, Convolution settings) {
    int groups = settings.groups();
    long in = Sizes.map(weight.shape().size(1), c -> c * groups);
    check("weight [out, in / groups, kernel...]", in, groups, bias, out(groups, 0));
    List<Integer> stride = spread("stride", settings.stride());
    List<Integer> dilation = spread("dilation", settings.dilation());
    List<Integer> before = new ArrayList<>(spread("padding", settings.before()));
    List<Integer> after = new ArrayList<>(spread("padding", settings.after()));
    if (settings.same()) {
      keepSizes(stride, dilation, before, after);
    }
    boolean inside = settings.mode() == PadMode.ZEROS && before.equals(after);
    Expr padded = inside ? x : StagedPadding.of(x, settings.mode(), sides(before, after));
    List<Integer> padding = inside ? before : Collections.nCopies(dimensions, 0);
    long[] sizes = padded.shape().sizes();
    sizes[1] = weight.shape().size(0);
    for (int d = 0; d < dimensions; d++) {
      int at = d;
      sizes[d + 2] =
          both(
              d,
              sizes[d + 2],
              (size, kernel) -> {
                long room = size + 2L * padding.get(at) - dilation.get(at) * (kernel - 1) - 1;
                return room < 0 ? -1 : room / stride.get(at) + 1;
              });
    }
    return x.graph()
        .call(
            operator,
            x.dtype(),
            Shape.of(sizes),
            padded,
            weight,
            bias,
            stride,
            padding,
            dilation,
            groups);
  }

  private Expr transposed(Object bias, TransposedConvolution settings) {
    int groups = settings.groups();
    long out = Sizes.map(weight.shape().size(1), c -> c * groups);
    check("weight [in, out / groups, kernel...]", out(groups, 0), groups, bias, out);
    List<Integer> stride = spread("stride", settings.stride());
    List<Integer> padding = spread("padding", settings.padding());
    List<Integer> more = spread("output padding", settings.outputPadding());
    List<Integer> dilation = spread("dilation", settings.dilation());
    long[] sizes = x.shape().sizes();
    sizes[1] = out;
    for (int d = 0; d < dimensions; d++) {
      int at = d;
      if (more.get(d) >= Math.max(stride.get(d), dilation.get(d))) {
        throw Mismatch.of(
            operator, x, "output paddings less than stride or dilation", more.toString());
      }
      sizes[d + 2] =
          both(
              d,
              sizes[d + 2],
              (size, kernel) ->
                  (size - 1) * stride.get(at)
                      - 2L * padding.get(at)
                      + dilation.get(at) * (kernel - 1)
                      + more.get(at)
                      + 1);
    }
    return x.graph()
        .call(
            operator,
            x.dtype(),
            Shape.of(sizes),
            x,
            weight,
            bias,
            stride,
            padding,
            more,
            groups,
            dilation);
  }

  /** The channels in dimension {@code d} of the weight, which groups divide. */
  private long out(int groups, int d) {
    long channels = weight.shape().size(d);
    if (!Sizes.divides(channels, groups)) {
      throw Mismatch.of(
          operator,
          x,
          "channels of the weight that divide into " + groups + " groups",
          weight.shape().toString());
    }
    return channels;
  }

  private void check(String layout, long in, int groups, Object bias, long out) {
    Mismatch.require(
        x.dtype() == weight.dtype() && Sizes.agree(in, x.shape().size(1)),
        operator,
        "x [batch, in, sizes...] and "
            + layout
            + " of one type, in "
            + groups
            + (groups == 1 ? " group" : " groups"),
        x,
        weight);
    if (bias instanceof Expr b) {
      Mismatch.require(
          b.dtype() == x.dtype() && Shape.of(out).admits(b.shape()),
          operator,
          layout + " and bias [out] of one type",
          weight,
          b);
    }
  }

  private List<Integer> spread(String setting, List<Integer> given) {
    return PerDimension.spread(operator, x, setting, given, dimensions);
  }

  /** Sets the padding that keeps sizes. */
  private void keepSizes(
      List<Integer> stride, List<Integer> dilation, List<Integer> before, List<Integer> after) {
    for (int d = 0; d < dimensions; d++) {
      long kernel = weight.shape().size(d + 2);
      if (stride.get(d) != 1 || kernel == Shape.UNKNOWN) {
        throw Mismatch.of(
            operator,
            x,
            "stride 1 and a kernel of known size where sizes are kept",
            "stride " + stride + " and weight " + weight.shape());
      }
      int total = Math.toIntExact(dilation.get(d) * (kernel - 1));
      before.set(d, total / 2);
      after.set(d, total - total / 2);
    }
  }

  /** Paddings from the last dimension to the first, in ATen's order. */
  private static int[] sides(List<Integer> before, List<Integer> after) {
    int[] sides = new int[2 * before.size()];
    for (int d = 0; d < before.size(); d++) {
      int at = 2 * (before.size() - 1 - d);
      sides[at] = before.get(d);
      sides[at + 1] = after.get(d);
    }
    return sides;
  }

  private interface Size {
    long of(long size, long kernel);
  }

  /** A size of the result, if those of the input and of the kernel are known. */
  private long both(int d, long size, Size result) {
    long kernel = weight.shape().size(d + 2);
    if (size == Shape.UNKNOWN || kernel == Shape.UNKNOWN) {
      return Shape.UNKNOWN;
    }
    long found = result.of(size, kernel);
    Mismatch.require(
        found > 0, operator, "an input that is not smaller than the kernel", x, weight);
    return found;
  }
}
