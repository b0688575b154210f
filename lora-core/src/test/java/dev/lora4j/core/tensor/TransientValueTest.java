package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frozen weights that are made where they are used, and again for the gradient. */
class TransientValueTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 8;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** A chain of frozen and trained layers, with a kernel between them and a sum around. */
  private static List<float[]> gradients(boolean kept, boolean sparing) {
    Graph graph = new Graph();
    if (sparing) {
      graph.lowMemory();
    }
    Expr x = graph.input("x", DType.F32, Shape.of(2, WIDTH, 4, 4));
    Expr half = graph.input("half", DType.F32, Shape.of(WIDTH, WIDTH));
    Expr kernel = graph.input("kernel", DType.F32, Shape.of(WIDTH, WIDTH, 3, 3));
    Expr down = graph.input("down", DType.F32, Shape.of(2, WIDTH)).trainable();
    Expr up = graph.input("up", DType.F32, Shape.of(WIDTH, 2)).trainable();
    Expr h = x.permute(0, 2, 3, 1);
    for (int layer = 0; layer < 3; layer++) {
      Expr weight = value(graph, kept, half);
      h = h.linear(weight).add(h.linear(down).linear(up)).gelu();
      Expr filter = value(graph, kept, kernel);
      h = h.permute(0, 3, 1, 2).conv2d(filter, 1, 1).silu().permute(0, 2, 3, 1);
    }
    Expr loss = h.mul(h).mean();
    List<Expr> out = new ArrayList<>(List.of(loss));
    out.addAll(graph.gradients(loss, List.of(down, up)));
    try (Scope scope = ENGINE.scope("transient")) {
      SplittableRandom random = new SplittableRandom(2);
      List<Tensor> inputs =
          graph.inputs().stream().map(i -> tensor(scope, i.shape(), random)).toList();
      return graph.training(scope, out).run(scope, inputs).stream().map(Tensor::floats).toList();
    }
  }

  /** Twice the input. */
  private static Expr value(Graph graph, boolean kept, Expr half) {
    return kept ? half.mul(2) : graph.transientValue(() -> half.mul(2));
  }

  private static Tensor tensor(Scope scope, Shape shape, SplittableRandom random) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.3f;
    }
    return Tensor.of(scope, shape, values);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAreThoseOfKeptValues(boolean sparing) {
    List<float[]> kept = gradients(true, sparing);
    List<float[]> made = gradients(false, sparing);
    assertEquals(3, made.size());
    assertTrue(kept.get(1)[0] != 0 && kept.get(2)[0] != 0);
    for (int i = 0; i < 3; i++) {
      float most = 0;
      for (float value : kept.get(i)) {
        most = Math.max(most, Math.abs(value));
      }
      assertArrayEquals(kept.get(i), made.get(i), 1e-6f * most, "" + i);
    }
  }

  /** A value that the engine kept would be staged once. */
  @Test
  void valuesAreMadeAgainForTheGradient() {
    Graph graph = new Graph();
    int[] staged = {0};
    Expr x = graph.input("x", DType.F32, Shape.of(3, WIDTH)).trainable();
    Expr w = graph.input("w", DType.F32, Shape.of(WIDTH, WIDTH));
    Expr y =
        x.linear(
            graph.transientValue(
                () -> {
                  staged[0]++;
                  return w.mul(2);
                }));
    assertEquals(1, staged[0]);
    graph.gradients(y.sum(), List.of(x));
    assertEquals(2, staged[0]);
  }

  /** Where nothing that goes in is trained, no gradient needs the value. */
  @Test
  void valuesThatNoGradientNeedsAreMadeOnce() {
    Graph graph = new Graph();
    int[] staged = {0};
    Expr x = graph.input("x", DType.F32, Shape.of(3, WIDTH));
    Expr w = graph.input("w", DType.F32, Shape.of(WIDTH, WIDTH));
    Expr scale = graph.input("scale", DType.F32, Shape.of(WIDTH)).trainable();
    Expr y =
        x.linear(
                graph.transientValue(
                    () -> {
                      staged[0]++;
                      return w.mul(2);
                    }))
            .mul(scale);
    graph.gradients(y.sum(), List.of(scale));
    assertEquals(1, staged[0]);
  }
}
