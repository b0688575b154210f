package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A weight in the arrangement in which oneDNN's kernels for CPUs read it. libtorch's own operators
 * take weights row by row and arrange them anew in each call, which costs as much time as the
 * arithmetic where feature maps are small; {@link Graph#weight} lets that be done once.
 *
 * @param source program that arranges such a weight; it takes one tensor and gives one
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

  private static final String NOTHING_AFTER =
      "\"none\", annotate(List[Optional[number]], []), \"\"";

  private static final int WEIGHT = 1;
  private static final int BIAS = 2;
  private static final int STRIDE = 3;

  /**
   * An operator on a packed weight.
   *
   * @param weight the weight as the plain operator takes it
   * @param call what computes the same of the packed one, which goes by the same name
   */
  record Use(Expr weight, PackedForm form, String call) {}

  /** What a backend has to be able to do for any of this. */
  static PackedForm simplest() {
    return linear();
  }

  /**
   * How an operator would use a packed weight, if it can.
   *
   * @param arguments as it is staged with
   * @param fixed names of the weights that never change
   */
  static Optional<Use> of(String operator, List<Object> arguments, Set<String> fixed) {
    if (arguments.size() <= WEIGHT
        || !(arguments.get(0) instanceof Expr x)
        || !(arguments.get(WEIGHT) instanceof Expr weight)
        || !fixed.contains(weight.toString())) {
      return Optional.empty();
    }
    return switch (operator) {
      case "conv2d" -> convolution(x, weight, arguments);
      case "linear" -> linear(x, weight, arguments);
      default -> Optional.empty();
    };
  }

  /*
   * Channels go last in memory between convolutions, as the kernels want them; where they do
   * already, asking for it costs nothing.
   */
  private static Optional<Use> convolution(Expr x, Expr weight, List<Object> arguments) {
    String stride = ProgramText.argument(arguments.get(STRIDE));
    String padding = ProgramText.argument(arguments.get(STRIDE + 1));
    String dilation = ProgramText.argument(arguments.get(STRIDE + 2));
    boolean known = weight.shape().known();
    if (!arguments.get(STRIDE + 3).equals(1) || !known || !convolves(x.dtype())) {
      return Optional.empty();
    }
    String settings = padding + ", " + stride + ", " + dilation + ", 1, ";
    PackedForm form =
        new PackedForm(
            PROGRAM.formatted(
                "ops.mkldnn._reorder_convolution_weight(inputs[0], "
                    + settings
                    + picture(x.dtype(), weight.shape())
                    + ")"));
    String call =
        "ops.mkldnn._convolution_pointwise(torch.contiguous("
            + x
            + ", memory_format=2), "
            + weight
            + ", "
            + ProgramText.argument(arguments.get(BIAS))
            + ", "
            + settings
            + NOTHING_AFTER
            + ")";
    return Optional.of(new Use(weight, form, call));
  }

  private static boolean convolves(DType type) {
    return type == DType.F32 || type == DType.BF16;
  }

  /*
   * The best arrangement depends a little on the feature map, which is not known. oneDNN's guess
   * without one is right for BF16 and for kernels of one place, and of no use for others in F32,
   * where one of a usual size is.
   */
  private static String picture(DType type, Shape weight) {
    return type == DType.BF16 || weight.size(2) * weight.size(3) == 1
        ? "annotate(Optional[List[int]], None)"
        : "[1, " + weight.size(1) + ", 32, 32]";
  }

  /** In F32 the products of MKL are as fast as those of packed weights, and start sooner. */
  private static Optional<Use> linear(Expr x, Expr weight, List<Object> arguments) {
    if (x.dtype() != DType.BF16) {
      return Optional.empty();
    }
    String bias =
        arguments.size() > BIAS
            ? ProgramText.argument(arguments.get(BIAS))
            : "annotate(Optional[Tensor], None)";
    String call =
        "ops.mkldnn._linear_pointwise("
            + x
            + ", "
            + weight
            + ", "
            + bias
            + ", "
            + NOTHING_AFTER
            + ")";
    return Optional.of(new Use(weight, linear(), call));
  }

  private static PackedForm linear() {
    return new PackedForm(
        PROGRAM.formatted(
            "ops.mkldnn._reorder_linear_weight(inputs[0], annotate(Optional[int], None))"));
  }
}
