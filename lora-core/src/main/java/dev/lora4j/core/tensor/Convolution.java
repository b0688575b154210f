package dev.lora4j.core.tensor;

import java.util.List;

/**
 * Settings of a convolution. A list has one number for all spatial dimensions, or one for each.
 *
 * @param stride steps between two places of the kernel
 * @param before elements added before the first
 * @param after elements added after the last
 * @param same whether {@code before} and {@code after} are instead what keeps the sizes, the odd
 *     element after; asks for stride 1
 * @param mode what the added elements are
 * @param dilation steps between two elements of the kernel
 * @param groups into how many groups the channels divide that see nothing of each other
 */
public record Convolution(
    List<Integer> stride,
    List<Integer> before,
    List<Integer> after,
    boolean same,
    PadMode mode,
    List<Integer> dilation,
    int groups) {
  /** Stride 1, no padding, dilation 1, one group. */
  public static final Convolution PLAIN =
      new Convolution(List.of(1), List.of(0), List.of(0), false, PadMode.ZEROS, List.of(1), 1);

  /**
   * Copies the lists.
   *
   * @throws TensorException if a list is empty or a number too small
   */
  public Convolution {
    stride = PerDimension.checked("The stride of a convolution", 1, stride);
    before = PerDimension.checked("The padding of a convolution", 0, before);
    after = PerDimension.checked("The padding of a convolution", 0, after);
    dilation = PerDimension.checked("The dilation of a convolution", 1, dilation);
    if (groups < 1) {
      throw new TensorException("A convolution expects 1 group or more; found " + groups + ".");
    }
  }

  /** The plain convolution with this stride. */
  public static Convolution strided(int... stride) {
    return new Convolution(
        PerDimension.of(stride),
        PLAIN.before,
        PLAIN.after,
        false,
        PadMode.ZEROS,
        PLAIN.dilation,
        1);
  }

  /** A copy with equal padding on both sides of each dimension. */
  public Convolution padded(int... padding) {
    List<Integer> both = PerDimension.of(padding);
    return new Convolution(stride, both, both, false, mode, dilation, groups);
  }

  /** Paddings of their own before and after. */
  public Convolution padded(List<Integer> before, List<Integer> after) {
    return new Convolution(stride, before, after, false, mode, dilation, groups);
  }

  /** The padding that keeps the sizes. */
  public Convolution keepingSizes() {
    return new Convolution(stride, before, after, true, mode, dilation, groups);
  }

  /** A copy with other elements than zeros as padding. */
  public Convolution padMode(PadMode other) {
    return new Convolution(stride, before, after, same, other, dilation, groups);
  }

  /** Steps between two elements of the kernel. */
  public Convolution dilated(int... steps) {
    List<Integer> dilated = PerDimension.of(steps);
    return new Convolution(stride, before, after, same, mode, dilated, groups);
  }

  /** Groups of channels that see nothing of each other. */
  public Convolution grouped(int count) {
    return new Convolution(stride, before, after, same, mode, dilation, count);
  }
}
