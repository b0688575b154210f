package dev.lora4j.core.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where a program is written: holds its inputs and statements while Java stages it.
 *
 * <p>Operators are appended in the order they are staged, which is the order they run in; an
 * operator that changes a tensor in place is seen by all that is staged after it. Not safe for use
 * by several threads.
 */
public final class Graph {
  /** One declared input. */
  public record Input(String name, DType dtype, Shape shape) {}

  /** Where a statement of the program's text came from. */
  record Origin(String operator, String layer, String java) {}

  /** Program text that stands as it is. */
  private record Verbatim(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private final List<Input> inputs = new ArrayList<>();
  private final List<String> statements = new ArrayList<>();
  private final List<Origin> origins = new ArrayList<>();
  private final Deque<String> layers = new ArrayDeque<>();
  private int values;

  /**
   * Declares an input. The program takes tensors of this element type whose shape {@linkplain
   * Shape#admits fits}.
   */
  public Expr input(String name, DType dtype, Shape shape) {
    String variable = variable(name);
    statement("input", variable + " = inputs[" + inputs.size() + "]");
    inputs.add(new Input(name, dtype, shape));
    return new Expr(this, variable, dtype, shape);
  }

  /** The declared inputs, in the order the program takes them. */
  public List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** Enters a layer, whose name appears in messages until {@link #leave}. */
  public void enter(String layer) {
    layers.addLast(layer);
  }

  /** Leaves the layer entered last. */
  public void leave() {
    layers.removeLast();
  }

  /** The layer being staged, for messages; empty outside of any. */
  public String layer() {
    return layers.isEmpty() ? "" : layers.getLast();
  }

  /**
   * Stages any ATen operator that returns one tensor.
   *
   * <p>Arguments are {@link Expr}, {@link Dim}, numbers, booleans, strings, {@link DType}, lists of
   * these, {@link Keyword}, and {@link Keyword#NONE}; an empty list of tensors is an empty {@code
   * Expr[]}.
   *
   * @param operator its name, without {@code aten::}
   * @param dtype element type of the result
   * @param shape shape of the result, as far as known
   */
  public Expr call(String operator, DType dtype, Shape shape, Object... arguments) {
    String variable = variable(operator);
    statement(operator, variable + " = torch." + operator + arguments(arguments));
    return new Expr(this, variable, dtype, shape);
  }

  /**
   * Stages an ATen operator that returns a tuple of tensors, and takes the first of them.
   *
   * @param results how many tensors the operator returns
   */
  public Expr first(int results, String operator, DType dtype, Shape shape, Object... arguments) {
    String variable = variable(operator);
    StringBuilder left = new StringBuilder(variable);
    for (int i = 1; i < results; i++) {
      left.append(", ").append(variable).append('_').append(i);
    }
    statement(operator, left + " = torch." + operator + arguments(arguments));
    return new Expr(this, variable, dtype, shape);
  }

  /** Stages an ATen operator for its effect on its arguments. */
  public void effect(String operator, Object... arguments) {
    statement(operator, "torch." + operator + arguments(kept(arguments)));
  }

  /*
   * libtorch removes statements without a result unless it sees that they write to something that
   * lives. It does not see writes to the elements of a list that was made in place, so fused
   * optimisers on such lists would be removed without a word. It does assume that an element of a
   * list of lists may be anything.
   */
  private Object[] kept(Object... arguments) {
    Object[] kept = arguments.clone();
    List<Object> lists = new ArrayList<>();
    String variable = variable("lists");
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Expr) {
        kept[i] = new Verbatim(variable + "[" + lists.size() + "]");
        lists.add(list);
      }
    }
    if (!lists.isEmpty()) {
      statement("lists", variable + " = annotate(List[List[Tensor]], " + argument(lists) + ")");
    }
    return kept;
  }

  /** A scalar constant. */
  public Expr constant(double value, DType dtype) {
    return call("full", dtype, Shape.of(), List.<Dim>of(), value, Keyword.of("dtype", dtype));
  }

  /**
   * Gradients of a scalar with respect to {@code parameters}, each of which must {@linkplain
   * Expr#trainable require them} and take part in the scalar.
   */
  public List<Expr> gradients(Expr scalar, List<Expr> parameters) {
    String variable = variable("gradients");
    statement(
        "autograd.grad",
        variable + " = torch.autograd.grad" + arguments(List.of(scalar), parameters));
    List<Expr> gradients = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Expr parameter = parameters.get(i);
      String gradient = variable("gradient");
      statement(
          "autograd.grad", gradient + " = unchecked_cast(Tensor, " + variable + "[" + i + "])");
      gradients.add(new Expr(this, gradient, parameter.dtype(), parameter.shape()));
    }
    return gradients;
  }

  Dim size(Expr x, int dimension) {
    String variable = variable("size");
    statement("size", variable + " = torch.size(" + x + ", " + dimension + ")");
    return new Dim(variable, Shape.UNKNOWN);
  }

  /** Compiles a program that does not record gradients. */
  public Program inference(Scope scope, List<Expr> outputs) {
    return compile(scope, outputs, false);
  }

  /** Compiles a program inside which {@link #gradients} were staged. */
  public Program training(Scope scope, List<Expr> outputs) {
    return compile(scope, outputs, true);
  }

  private Program compile(Scope scope, List<Expr> outputs, boolean gradients) {
    return Program.compile(scope, this, source(outputs), outputs, gradients);
  }

  /** The program's text. Equal stagings give equal text. */
  String source(List<Expr> outputs) {
    StringBuilder text = new StringBuilder(HEAD);
    statements.forEach(s -> text.append("    ").append(s).append('\n'));
    String results =
        outputs.stream().map(e -> "torch.contiguous(" + e + ")").collect(Collectors.joining(", "));
    return text.append("    return [").append(results).append("]\n").toString();
  }

  private static final String HEAD =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def run(self: __torch__.M, inputs: List[Tensor]) -> List[Tensor]:
      """;

  /** The origin of line {@code line} (from 1) of the text, if a statement stands there. */
  java.util.Optional<Origin> origin(int line) {
    int index = line - 1 - (int) HEAD.lines().count();
    return index >= 0 && index < origins.size()
        ? java.util.Optional.of(origins.get(index))
        : java.util.Optional.empty();
  }

  private void statement(String operator, String text) {
    statements.add(text);
    origins.add(new Origin(operator, layer(), CallSite.outside()));
  }

  private String variable(String hint) {
    String clean = hint.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return "v" + values++ + "_" + clean;
  }

  private static String arguments(Object... arguments) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < arguments.length; i++) {
      text.append(i == 0 ? "" : ", ").append(argument(arguments[i]));
    }
    return text.append(')').toString();
  }

  private static String argument(Object value) {
    if (value instanceof Keyword keyword) {
      return keyword.equals(Keyword.NONE)
          ? "None"
          : keyword.name() + "=" + argument(keyword.value());
    }
    if (value instanceof DType dtype) {
      return Integer.toString(dtype.aten());
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof Double || value instanceof Float) {
      return number(((Number) value).doubleValue());
    }
    if (value instanceof String string) {
      return '"' + string.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
    if (value instanceof Expr[] list && list.length == 0) {
      return "annotate(List[Tensor], [])";
    }
    if (value instanceof Collection<?> list) {
      return list.isEmpty()
          ? "annotate(List[int], [])"
          : list.stream().map(Graph::argument).collect(Collectors.joining(", ", "[", "]"));
    }
    return value.toString();
  }

  private static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new TensorException("A program cannot hold the constant " + value + ".");
    }
    return String.format(Locale.ROOT, "%.17g", value);
  }
}
