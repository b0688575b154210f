package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link Graph#call} reaches operators that have no method of their own, whatever kinds of
 * arguments they take and however many results they have.
 */
class EscapeHatchTest {
  private static final Engine ENGINE = Engine.open();
  private static final Shape FOUR = Shape.of(4);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** A call on x = 1, 2, 3, 4, and its result. */
  private record Call(String kind, Function<Expr, Expr> stage, List<Double> expected) {
    @Override
    public String toString() {
      return kind;
    }
  }

  private static Call takes(String kind, Function<Expr, Expr> stage, double... expected) {
    return new Call(kind, stage, DoubleStream.of(expected).boxed().toList());
  }

  private static Expr call(Expr x, String operator, Shape shape, Object... arguments) {
    return x.graph().call(operator, x.dtype(), shape, arguments);
  }

  static List<Call> calls() {
    return List.of(
        takes("a tensor", x -> call(x, "frac", FOUR, x.mul(0.5)), 0.5, 0, 0.5, 0),
        takes("tensors", x -> call(x, "hypot", FOUR, x.mul(3), x.mul(4)), 5, 10, 15, 20),
        takes("a double", x -> call(x, "threshold", FOUR, x, 2.5, -1.0), -1, -1, 3, 4),
        takes(
            "an infinite number",
            x -> call(x, "nan_to_num", FOUR, x.maskedFill(x.gt(3), 1 / 0.0), 0.0, 9.0, 0.0),
            1,
            2,
            3,
            9),
        takes(
            "a whole number", x -> call(x, "vander", Shape.of(4, 2), x, 2), 1, 1, 2, 1, 3, 1, 4, 1),
        takes(
            "a size that is known when the program runs",
            x -> call(x, "tile", Shape.of(8), x, List.of(x.dim(0).over(2))),
            1,
            2,
            3,
            4,
            1,
            2,
            3,
            4),
        takes("a flag", x -> call(x, "cov", Shape.of(), x, Keyword.of("correction", 0)), 1.25),
        takes("no optional argument", x -> call(x, "clip", FOUR, x, Keyword.NONE, 2.0), 1, 2, 2, 2),
        takes(
            "a text",
            x ->
                call(
                    x,
                    "quantile",
                    Shape.of(),
                    x,
                    0.5,
                    0,
                    false,
                    Keyword.of("interpolation", "higher")),
            3),
        takes("a type", x -> call(x, "sum", Shape.of(), x, Keyword.of("dtype", DType.F32)), 10),
        takes(
            "a list of numbers",
            x -> call(x, "roll", FOUR, x, List.of(1, 1), List.of(0, 0)),
            3,
            4,
            1,
            2),
        takes(
            "a list of tensors",
            x -> call(x, "hstack", Shape.of(8), List.of(x, x)),
            1,
            2,
            3,
            4,
            1,
            2,
            3,
            4),
        takes(
            "tensors in a keyword",
            x -> call(x, "addcmul", FOUR, x, x, x, Keyword.of("value", 0.5)),
            1.5,
            4,
            7.5,
            12),
        takes(
            "a bare scalar by keyword",
            x -> call(x, "full_like", FOUR, x, 7, Keyword.of("dtype", DType.F32)),
            7,
            7,
            7,
            7));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void operatorTakesEachKindOfArgument(Call call) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
      Program program = graph.inference(scope, List.of(call.stage().apply(x)));
      Tensor found = program.run(scope, Tensor.of(scope, FOUR, 1, 2, 3, 4)).get(0);
      double[] values = HostTensor.of(found).doubles();
      assertEquals(call.expected(), DoubleStream.of(values).boxed().toList());
    }
  }

  @Test
  void operatorsGiveEachOfSeveralResults() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, FOUR);
      Graph.Result values = new Graph.Result(DType.F32, FOUR);
      Graph.Result whole = new Graph.Result(DType.I32, FOUR);
      Graph.Result pair = new Graph.Result(DType.F32, Shape.of(2));
      List<Expr> tuple = graph.call("frexp", List.of(values, whole), x);
      List<Expr> list = graph.call("hsplit", List.of(pair, pair), x, 2);
      Expr second = graph.first(2, "aminmax", DType.F32, Shape.of(), x);
      Program program =
          graph.inference(
              scope,
              List.of(tuple.get(0), tuple.get(1).to(DType.F32), list.get(0), list.get(1), second));
      List<Tensor> out = program.run(scope, Tensor.of(scope, FOUR, 1, 2, 3, 4));
      assertArrayEquals(new float[] {0.5f, 0.5f, 0.75f, 0.5f}, out.get(0).floats());
      assertArrayEquals(new float[] {1, 2, 2, 3}, out.get(1).floats());
      assertArrayEquals(new float[] {1, 2}, out.get(2).floats());
      assertArrayEquals(new float[] {3, 4}, out.get(3).floats());
      assertArrayEquals(new float[] {1}, out.get(4).floats());
    }
  }

  @Test
  void gradientsPassThroughCalledOperators() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, FOUR).trainable();
      Expr y = call(x, "addcdiv", FOUR, x, x.mul(x), x, Keyword.of("value", 2.0)).sum();
      Program program = graph.training(scope, graph.gradients(y, List.of(x)));
      Tensor found = program.run(scope, Tensor.of(scope, FOUR, 1, 2, 3, 4)).get(0);
      // x + 2 x^2 / x
      assertArrayEquals(new float[] {3, 3, 3, 3}, found.floats(), 1e-6f);
    }
  }

  @Test
  void anOperatorThatDoesNotExistIsNamed() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, FOUR);
      List<Expr> out = List.of(call(x, "no_such_operator", FOUR, x));
      TensorException e = assertThrows(TensorException.class, () -> graph.inference(scope, out));
      assertTrue(e.getMessage().contains("no_such_operator"), e.getMessage());
    }
  }
}
