package dev.lora4j.core.tensor;

import java.util.List;

/**
 * Settings of pooling. A list has one number for all spatial dimensions, or one for each.
 *
 * @param size sizes of the window
 * @param stride steps between two windows
 * @param padding elements added on both sides; at most half a window. The greatest never is one of
 *     them; a mean takes them for zeros
 * @param dilation steps between two elements of a window; 1 for means
 * @param ceiling whether a last window may reach beyond the padding
 * @param paddingCounts whether a mean divides also by the number of added elements
 */
public record Pool(
    List<Integer> size,
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> dilation,
    boolean ceiling,
    boolean paddingCounts) {
  /**
   * Copies the lists.
   *
   * @throws TensorException if a list is empty or a number too small
   */
  public Pool {
    size = PerDimension.checked("The window of pooling", 1, size);
    stride = PerDimension.checked("The stride of pooling", 1, stride);
    padding = PerDimension.checked("The padding of pooling", 0, padding);
    dilation = PerDimension.checked("The dilation of pooling", 1, dilation);
  }

  /** Windows side by side, without padding. */
  public static Pool window(int... size) {
    List<Integer> sizes = PerDimension.of(size);
    return new Pool(sizes, sizes, List.of(0), List.of(1), false, true);
  }

  /** A copy with another step between two windows. */
  public Pool strided(int... steps) {
    List<Integer> strides = PerDimension.of(steps);
    return new Pool(size, strides, padding, dilation, ceiling, paddingCounts);
  }

  /** Elements added on both sides. */
  public Pool padded(int... added) {
    List<Integer> paddings = PerDimension.of(added);
    return new Pool(size, stride, paddings, dilation, ceiling, paddingCounts);
  }

  /** Steps between two elements of a window. */
  public Pool dilated(int... steps) {
    List<Integer> dilations = PerDimension.of(steps);
    return new Pool(size, stride, padding, dilations, ceiling, paddingCounts);
  }

  /** A last window may reach beyond the padding. */
  public Pool roundedUp() {
    return new Pool(size, stride, padding, dilation, true, paddingCounts);
  }

  /** Means divide by the elements that are no padding. */
  public Pool withoutCountingPadding() {
    return new Pool(size, stride, padding, dilation, ceiling, false);
  }
}
