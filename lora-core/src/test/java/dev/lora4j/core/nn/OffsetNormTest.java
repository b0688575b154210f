package dev.lora4j.core.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Norms whose scale is 1 and the weight. */
class OffsetNormTest {
  private static final Engine ENGINE = Engine.open();

  /** The root of their mean square is 2.5. */
  private static final float[] INPUT = {3, 4, 0, 0};

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static float[] run(DType type, float[] weight, LayerAdapters adapters) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(1, 4));
      Expr w = graph.input("w", DType.F32, Shape.of(4));
      Weights weights = Weights.of(graph, "lm", (g, parameter) -> w.to(type), adapters);
      Expr y = weights.offsetRmsNorm("norm", x.to(type), 0).to(DType.F32);
      Program program = graph.inference(scope, List.of(y));
      Tensor input = Tensor.of(scope, Shape.of(1, 4), INPUT);
      return program.run(scope, input, Tensor.of(scope, Shape.of(4), weight)).get(0).floats();
    }
  }

  @Test
  void scaleIsOneAndTheWeight() {
    float[] found = run(DType.F32, new float[] {0, 0.5f, 1, -1}, (layer, x) -> layer.output(x));
    assertArrayEquals(new float[] {1.2f, 2.4f, 0, 0}, found, 1e-6f);
  }

  /** The sum is not rounded to BF16, where 1 and 1/256 are 1. */
  @Test
  void scaleIsFormedInF32() {
    float[] weight = {0x1p-8f, 0x1p-8f, 0x1p-8f, 0x1p-8f};
    float[] found = run(DType.BF16, weight, (layer, x) -> layer.output(x));
    assertArrayEquals(new float[] {1.203125f, 1.609375f, 0, 0}, found);
  }

  /** A change that is added beside the layer does not bring the 1 again. */
  @Test
  void linearPartIsTheEffectOfAChange() {
    float[] weight = {0.25f, 0.25f, 0.25f, 0.25f};
    float[] beside =
        run(
            DType.F32,
            weight,
            (layer, x) ->
                layer.output(x).add(layer.withWeight(layer.weight().mul(2)).linear().output(x)));
    float[] within =
        run(DType.F32, weight, (layer, x) -> layer.withWeight(layer.weight().mul(3)).output(x));
    assertArrayEquals(within, beside, 1e-6f);
    assertArrayEquals(new float[] {2.1f, 2.8f, 0, 0}, within, 1e-6f);
  }
}
