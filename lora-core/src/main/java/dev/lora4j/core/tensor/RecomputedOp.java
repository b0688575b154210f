package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Operator outside the engine's gradient graph, with its own gradient: a product with a frozen
 * weight, or a sum. Neither gradient needs what went in, but the engine keeps it all the same: the
 * input of a convolution for a gradient of the weight that is never requested, and the inputs of a
 * sum as an end of the piece of the graph that made them.
 */
final class RecomputedOp {
  private static final String SUM = "add";
  private static final String CONVOLUTION = "conv2d";
  private static final String LINEAR = "linear";

  private static final int WEIGHT = 1;
  private static final int STRIDE = 3;
  private static final int PADDING = 4;
  private static final int DILATION = 5;
  private static final int GROUPS = 6;

  /** A value that went in, and the gradient for it. */
  record Part(Expr input, Expr gradient) {}

  private final String operator;
  private final List<Object> arguments;
  private final List<Expr> inputs;
  private final List<List<Dim>> sizes;

  /*
   * Sizes are taken while the forward pass is staged, so that what went in need not stay for them.
   * The gradient of a linear layer asks for none.
   */
  private RecomputedOp(String operator, List<Object> arguments, List<Expr> inputs) {
    this.operator = operator;
    this.arguments = arguments;
    this.inputs = inputs;
    sizes = inputs.stream().map(x -> operator.equals(LINEAR) ? List.<Dim>of() : sizes(x)).toList();
  }

  /**
   * An operator that can be one, and is to be: a product with a weight that is not kept; where
   * memory is spared also a product of a value that no graph holds, or a sum with such a product.
   *
   * @param arguments as it is staged with
   */
  static Optional<RecomputedOp> of(
      String operator, List<Object> arguments, Tape tape, boolean sparing) {
    boolean fits =
        switch (operator) {
          case SUM -> sparing && sum(arguments, tape);
          case CONVOLUTION, LINEAR ->
              frozen(arguments, tape)
                  && (tape.isTransient((Expr) arguments.get(WEIGHT))
                      || (sparing && spares(operator, (Expr) arguments.get(0), tape)));
          default -> false;
        };
    if (!fits) {
      return Optional.empty();
    }
    List<Expr> inputs =
        arguments.stream()
            .limit(operator.equals(SUM) ? 2 : 1)
            .map(Expr.class::cast)
            .filter(e -> tape.value(e).differentiable())
            .toList();
    return Optional.of(new RecomputedOp(operator, arguments, inputs));
  }

  private static boolean frozen(List<Object> arguments, Tape tape) {
    return arguments.get(0) instanceof Expr x
        && tape.value(x).differentiable()
        && arguments.stream()
            .skip(WEIGHT)
            .noneMatch(a -> a instanceof Expr e && tape.value(e).differentiable());
  }

  private static boolean spares(String operator, Expr x, Tape tape) {
    return tape.loose(x) && !(operator.equals(LINEAR) && tape.reordered(x));
  }

  private static boolean sum(List<Object> arguments, Tape tape) {
    return arguments.size() == 2
        && arguments.stream().allMatch(a -> a instanceof Expr)
        && arguments.stream().anyMatch(a -> tape.product((Expr) a));
  }

  private static List<Dim> sizes(Expr x) {
    return IntStream.range(0, x.shape().rank()).mapToObj(x::dim).toList();
  }

  /** Returns true if it is a product. */
  boolean product() {
    return !operator.equals(SUM);
  }

  /** Stages the gradients of the inputs from that of the result. */
  List<Part> gradients(Graph graph, Tape tape, Expr result) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Expr x = inputs.get(i);
      Expr gradient =
          switch (operator) {
            case SUM -> summed(graph, result, x, sizes.get(i));
            // The engine multiplies rows that lie one after the other, as one matrix, and of others
            // makes many small products, which need not add in the same order. So these are
            // recorded, and here rows follow each other.
            case LINEAR -> result.contiguous().matmul(tape.again((Expr) arguments.get(WEIGHT)));
            default ->
                convolved(graph, result, x, tape.again((Expr) arguments.get(WEIGHT)), sizes.get(i));
          };
      parts.add(new Part(x, gradient));
    }
    return parts;
  }

  /** Sum over the dimensions that were broadcast. */
  private static Expr summed(Graph graph, Expr result, Expr x, List<Dim> sizes) {
    boolean same = x.shape().known() && x.shape().equals(result.shape());
    return same ? result : graph.call("sum_to_size", x.dtype(), x.shape(), result, sizes);
  }

  /*
   * The operator that the engine takes for its own gradients, so that the bits are the same. Of the
   * input it looks at the sizes alone; one element stands for all.
   */
  private Expr convolved(Graph graph, Expr result, Expr x, Expr weight, List<Dim> sizes) {
    Expr element = graph.call("new_empty", x.dtype(), Shape.of(1), result, List.of(1));
    Expr input = graph.call("expand", x.dtype(), x.shape(), element, sizes);
    return graph.first(
        3,
        "convolution_backward",
        x.dtype(),
        x.shape(),
        result,
        input,
        weight,
        Keyword.NONE,
        arguments.get(STRIDE),
        arguments.get(PADDING),
        arguments.get(DILATION),
        false,
        Collections.nCopies(2, 0),
        arguments.get(GROUPS),
        List.of(true, false, false));
  }
}
