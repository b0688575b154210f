package dev.lora4j.core.tensor;

/**
 * A weight in the arrangement in which oneDNN's kernels for CPUs read it. libtorch's own operators
 * take weights row by row and rearrange them in each call, which costs as much time as the
 * arithmetic where feature maps are small; {@link Graph#weight} lets that be done once.
 *
 * @param source program that arranges such a weight, from one tensor to one
 */
record PackedForm(String source) {
  private static final String PROGRAM =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def run(self: __torch__.M, inputs: List[Tensor], held: List[Tensor]) -> List[Tensor]:
          return [%s]
      """;

  /**
   * Packed form of a convolution's weight.
   *
   * @param settings padding, stride, dilation and groups, as the operator takes them
   * @param picture sizes of the input to choose for, or None
   */
  static PackedForm convolution(String settings, String picture) {
    return new PackedForm(
        PROGRAM.formatted(
            "ops.mkldnn._reorder_convolution_weight(inputs[0], " + settings + picture + ")"));
  }

  /** Packed form of a matrix. */
  static PackedForm linear() {
    return new PackedForm(
        PROGRAM.formatted(
            "ops.mkldnn._reorder_linear_weight(inputs[0], annotate(Optional[int], None))"));
  }
}
