package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Steps of a denoiser to which each adapter adds something of its own. */
final class ComposedSteps implements AutoCloseable {
  private static final Shape SHAPE = Shape.of(1, 1, 2, 2);

  private final Engine engine = Engine.open();

  /** Output of the denoiser with a plan. */
  static float[] denoised(MixPlan plan) {
    float[] output = {0.5f, -1, 2, 0.25f};
    for (MixPlan.Part part : plan.parts()) {
      int adapter = part.adapter().name().hashCode() % 13;
      for (int i = 0; i < output.length; i++) {
        output[i] += (float) (part.weight().value() * Math.sin(adapter + i));
      }
    }
    return output;
  }

  /** A step with all plans that a mixer makes. */
  float[] step(OutputMixer mixer, MixPlan asked, float progress) {
    return composed(
        mixer, mixer.plans(asked).stream().map(ComposedSteps::denoised).toList(), progress);
  }

  /** Output of a mixer for outputs, each of four numbers. */
  float[] composed(OutputMixer mixer, List<float[]> outputs, float progress) {
    try (Scope scope = engine.scope("compose")) {
      Graph graph = new Graph();
      List<Expr> staged = new ArrayList<>();
      List<Tensor> inputs = new ArrayList<>();
      for (float[] output : outputs) {
        staged.add(graph.input("output" + staged.size(), DType.F32, SHAPE));
        inputs.add(Tensor.of(scope, SHAPE, output));
      }
      Expr composed = mixer.compose(staged, graph.input("progress", DType.F32, Shape.of()));
      inputs.add(Tensor.of(scope, Shape.of(), progress));
      assertEquals(SHAPE, composed.shape(), "an output of another shape");
      assertEquals(DType.F32, composed.dtype(), "an output of another type");
      return graph.inference(scope, List.of(composed)).run(scope, inputs).get(0).floats();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
