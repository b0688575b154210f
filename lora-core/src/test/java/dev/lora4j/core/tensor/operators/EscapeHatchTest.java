package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Operators that have no method of their own, by their name. */
class EscapeHatchTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Graph.Result f32(long... sizes) {
    return new Graph.Result(DType.F32, Shape.of(sizes));
  }

  @Test
  void oneTensorWithListsNumbersFlagsAndKeywords() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3));
    Expr rolled = graph.call("roll", DType.F32, x.shape(), x, List.of(1), List.of(0));
    Expr nan = graph.call("nan_to_num", DType.F32, x.shape(), rolled, 0.5, Keyword.NONE, -1.0);
    Expr products = graph.call("cartesian_prod", DType.F32, Shape.of(9, 2), List.of(nan, x));
    Expr deviation =
        graph.call(
            "std", DType.F32, Shape.of(1, 2), products, List.of(0), Keyword.of("keepdim", true));
    List<float[]> found = run(graph, List.of(nan, deviation), Float.NaN, 1, 3);
    assertArrayEquals(new float[] {3, 0.5f, 1}, found.get(0));
    // Each of 3, 0.5 and 1 three times, and something that is no number.
    assertArrayEquals(new float[] {(float) Math.sqrt(1.3125), Float.NaN}, found.get(1), 1e-6f);
  }

  @Test
  void severalTensorsAsATuple() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3));
    List<Graph.Result> results = List.of(f32(2), new Graph.Result(DType.I64, Shape.of(2)));
    List<Expr> top = graph.call("topk", results, x, 2, 0, false, true);
    List<float[]> found = run(graph, List.of(top.get(0), top.get(1).to(DType.F32)), 3, 1, 2);
    assertArrayEquals(new float[] {1, 2}, found.get(0));
    assertArrayEquals(new float[] {1, 2}, found.get(1));
  }

  @Test
  void severalTensorsAsAList() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3));
    List<Expr> parts = graph.call("tensor_split", List.of(f32(2), f32(1)), x, 2, 0);
    List<float[]> found = run(graph, parts, 3, 1, 2);
    assertArrayEquals(new float[] {3, 1}, found.get(0));
    assertArrayEquals(new float[] {2}, found.get(1));
  }

  @Test
  void gradientsPass() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(3)).trainable();
      Expr cumulative = graph.call("cumsum", DType.F32, x.shape(), x, 0);
      List<Expr> gradient = graph.gradients(cumulative.mul(2).sum(), List.of(x));
      Tensor input = Tensor.of(scope, Shape.of(3), 1, 2, 3);
      List<Tensor> found = graph.training(scope, gradient).run(scope, input);
      assertArrayEquals(new float[] {6, 4, 2}, found.get(0).floats());
    }
  }

  private static List<float[]> run(Graph graph, List<Expr> results, float... x) {
    try (Scope scope = ENGINE.scope("test")) {
      Tensor input = Tensor.of(scope, Shape.of(x.length), Arrays.copyOf(x, x.length));
      return graph.inference(scope, results).run(scope, input).stream()
          .map(Tensor::floats)
          .toList();
    }
  }
}
