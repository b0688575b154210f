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

  /** Copies the lists. */
  public TransposedConvolution {
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    outputPadding = List.copyOf(outputPadding);
    dilation = List.copyOf(dilation);
    if (groups < 1) {
      throw new TensorException("A convolution has 1 group or more; found " + groups);
    }
  }

  /** The plain one with this stride. */
  public static TransposedConvolution strided(int... stride) {
    return new TransposedConvolution(
        PerDimension.of("A stride", 1, stride),
        PLAIN.padding,
        PLAIN.outputPadding,
        PLAIN.dilation,
        1);
  }

  /** Elements cut off on both sides. */
  public TransposedConvolution padded(int... cut) {
    List<Integer> padded = PerDimension.of("A padding", 0, cut);
    return new TransposedConvolution(stride, padded, outputPadding, dilation, groups);
  }

  /** Elements added after the last. */
  public TransposedConvolution outputPadded(int... added) {
    List<Integer> padded = PerDimension.of("An output padding", 0, added);
    return new TransposedConvolution(stride, padding, padded, dilation, groups);
  }

  /** Steps between two elements of the kernel. */
  public TransposedConvolution dilated(int... steps) {
    List<Integer> dilated = PerDimension.of("A dilation", 1, steps);
    return new TransposedConvolution(stride, padding, outputPadding, dilated, groups);
  }

  /** Groups of channels that see nothing of each other. */
  public TransposedConvolution grouped(int count) {
    return new TransposedConvolution(stride, padding, outputPadding, dilation, count);
  }
}
