package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An operator on a weight that could be packed, with the program text for the packed weight.
 *
 * @param kind the kind of layer, which decides
 * @param x input of the operator
 * @param weight the weight as the plain operator takes it
 * @param plain the plain operator
 * @param bias the bias, as an argument
 * @param settings padding, stride, dilation and groups of a convolution; empty for a product
 */
record PackedUse(LayerKind kind, Expr x, Expr weight, String plain, String bias, String settings) {
  private static final String NOTHING_AFTER =
      "\"none\", annotate(List[Optional[number]], []), \"\"";

  private static final int WEIGHT = 1;
  private static final int BIAS = 2;
  private static final int STRIDE = 3;

  /**
   * Packed use of a weight by an operator; empty if it cannot use one.
   *
   * @param arguments the operator's staged arguments
   * @param fixed names of the weights that never change
   */
  static Optional<PackedUse> of(String operator, List<Object> arguments, Set<String> fixed) {
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

  private static Optional<PackedUse> convolution(Expr x, Expr weight, List<Object> arguments) {
    String stride = ProgramText.argument(arguments.get(STRIDE));
    String padding = ProgramText.argument(arguments.get(STRIDE + 1));
    String dilation = ProgramText.argument(arguments.get(STRIDE + 2));
    boolean known = weight.shape().known();
    boolean computes = x.dtype() == DType.F32 || x.dtype() == DType.BF16;
    if (!arguments.get(STRIDE + 3).equals(1) || !known || !computes) {
      return Optional.empty();
    }
    String bias = ProgramText.argument(arguments.get(BIAS));
    String plain =
        "torch.conv2d(torch.contiguous(%s), %s, %s, %s, %s, %s, 1)"
            .formatted(x, weight, bias, stride, padding, dilation);
    FastPath path = x.dtype() == DType.F32 ? FastPath.CONVOLUTION_F32 : FastPath.CONVOLUTION_BF16;
    Shape shape = weight.shape();
    boolean area = shape.size(2) * shape.size(3) > 1;
    LayerKind kind = LayerKind.of(path, area, shape.size(1), shape.size(0));
    String settings = padding + ", " + stride + ", " + dilation + ", 1, ";
    return Optional.of(new PackedUse(kind, x, weight, plain, bias, settings));
  }

  /**
   * Packed use by a BF16 product: in F32 MKL's products are as fast as packed ones, and start
   * sooner.
   */
  private static Optional<PackedUse> linear(Expr x, Expr weight, List<Object> arguments) {
    if (x.dtype() != DType.BF16) {
      return Optional.empty();
    }
    String bias =
        arguments.size() > BIAS
            ? ProgramText.argument(arguments.get(BIAS))
            : "annotate(Optional[Tensor], None)";
    Shape shape = weight.shape();
    LayerKind kind = LayerKind.of(FastPath.PRODUCT_BF16, false, shape.size(1), shape.size(0));
    String plain = "torch.linear" + ProgramText.arguments(arguments);
    return Optional.of(new PackedUse(kind, x, weight, plain, bias, ""));
  }

  /** The arrangement of the weight. */
  PackedForm form(Packing packing) {
    return settings.isEmpty()
        ? PackedForm.linear()
        : PackedForm.convolution(settings, picture(packing));
  }

  /** Sizes of the input that the weight is arranged for; None leaves the choice to oneDNN. */
  private String picture(Packing packing) {
    if (packing.rule() != Packing.Rule.SQUARE) {
      return "annotate(Optional[List[int]], None)";
    }
    long side = packing.least();
    return "[" + Packing.BATCH + ", " + weight.shape().size(1) + ", " + side + ", " + side + "]";
  }

  /** Program text of the operator in a program with packed weights. */
  String text(Packing packing) {
    if (packing.never()) {
      return plain;
    }
    if (!packing.sometimes()) {
      return call(weight.toString());
    }
    String asked = packing.condition(x.toString(), weight.shape().size(1));
    return call(extra()) + " if " + asked + " else " + plain;
  }

  /** The variable of the packed weight where the program gets both. */
  String extra() {
    return weight + "_packed";
  }

  /*
   * Channels go last in memory between convolutions, as the kernels want them; where they do
   * already, asking for it costs nothing.
   */
  private String call(String variable) {
    return settings.isEmpty()
        ? "ops.mkldnn._linear_pointwise(%s, %s, %s, %s)".formatted(x, variable, bias, NOTHING_AFTER)
        : "ops.mkldnn._convolution_pointwise(torch.contiguous(%s, memory_format=2), %s, %s, %s%s)"
            .formatted(x, variable, bias, settings, NOTHING_AFTER);
  }
}
