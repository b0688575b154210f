package dev.lora4j.core.tensor;

import java.util.List;

/**
 * Settings of a transposed convolution, the gradient of a convolution with respect to its input. A
 * list has one number for all spatial dimensions, or one for each.
 *
 * @param stride steps between the places that two neighbours of the input add to
 * @param padding elements that are cut off on both sides of the result
 * @param outputPadding elements that are added after the last; less than stride or dilation
 * @param dilation steps between two elements of the kernel
 * @param groups into how many groups the channels divide that see nothing of each other
 */
public record TransposedConvolution(
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> outputPadding,
    List<Integer> dilation,
    int groups) {
  /** Stride 1, no padding, dilation 1, one group. */
  public static final TransposedConvolution PLAIN =
      new TransposedConvolution(List.of(1), List.of(0), List.of(0), List.of(1), 1);

  /**
   * Copies the lists.
   *
   * @throws TensorException if a list is empty or a number too small
   */
  public TransposedConvolution {
    stride = PerDimension.checked("The stride of a convolution", 1, stride);
    padding = PerDimension.checked("The padding of a convolution", 0, padding);
    outputPadding = PerDimension.checked("The output padding of a convolution", 0, outputPadding);
    dilation = PerDimension.checked("The dilation of a convolution", 1, dilation);
    if (groups < 1) {
      throw new TensorException("A convolution expects 1 group or more; found " + groups + ".");
    }
  }

  /** The plain one with this stride. */
  public static TransposedConvolution strided(int... stride) {
    return new TransposedConvolution(
        PerDimension.of(stride), PLAIN.padding, PLAIN.outputPadding, PLAIN.dilation, 1);
  }

  /** Elements cut off on both sides. */
  public TransposedConvolution padded(int... cut) {
    List<Integer> padded = PerDimension.of(cut);
    return new TransposedConvolution(stride, padded, outputPadding, dilation, groups);
  }

  /** Elements added after the last. */
  public TransposedConvolution outputPadded(int... added) {
    List<Integer> padded = PerDimension.of(added);
    return new TransposedConvolution(stride, padding, padded, dilation, groups);
  }

  /** Steps between two elements of the kernel. */
  public TransposedConvolution dilated(int... steps) {
    List<Integer> dilated = PerDimension.of(steps);
    return new TransposedConvolution(stride, padding, outputPadding, dilated, groups);
  }

  /** Groups of channels that see nothing of each other. */
  public TransposedConvolution grouped(int count) {
    return new TransposedConvolution(stride, padding, outputPadding, dilation, count);
  }
}
