package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.runtime.Processor;
import java.util.List;

/** A process that says what its processor can do, and whether both types give like results. */
final class ReducedRun {
  private ReducedRun() {}

  /** Prints it. */
  public static void main(String[] arguments) {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("reduced")) {
      System.out.println("sets " + Processor.instructionSets());
      for (FastPathTrial trial : engine.trials()) {
        System.out.println(trial.path().label() + ": " + trial.obstacle().orElse("works"));
      }
      double scale = 0;
      double apart = 0;
      float[] f32 = computed(scope, DType.F32);
      float[] bf16 = computed(scope, DType.BF16);
      for (int i = 0; i < f32.length; i++) {
        scale = Math.max(scale, Math.abs(f32[i]));
        apart = Math.max(apart, Math.abs(f32[i] - bf16[i]));
      }
      boolean agree = apart <= scale * RoundingTolerance.inSequence(DType.BF16, 16 * 9, 2);
      System.out.println(agree ? "results agree" : "results are apart by " + apart);
    } catch (TensorException e) {
      System.out.println(e.getMessage());
    }
  }

  private static float[] computed(Scope scope, DType type) {
    Graph graph = new Graph();
    Expr x = graph.input("x", type, Shape.of(1, 16, 16, 16));
    Expr w = graph.weight("w", type, Shape.of(16, 16, 3, 3));
    Expr m = graph.weight("m", type, Shape.of(16, 16));
    Expr y = x.conv2d(w, 1, 1).linear(m).to(DType.F32);
    Program program = graph.inference(scope, List.of(y));
    HeldInputs held =
        program.hold(
            scope,
            List.of(
                numbers(scope, type, Shape.of(16, 16, 3, 3)),
                numbers(scope, type, Shape.of(16, 16))));
    Tensor in = numbers(scope, type, Shape.of(1, 16, 16, 16));
    return program.run(scope, held, List.of(in)).get(0).floats();
  }

  private static Tensor numbers(Scope scope, DType type, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7 % 17 - 8) / 16f;
    }
    return Tensor.of(scope, shape, values).to(scope, type);
  }
}
