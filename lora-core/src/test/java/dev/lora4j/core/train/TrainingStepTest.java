package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.AdamW;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
  private static final Engine ENGINE = Engine.open();
  private static final double RATE = 0.1;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Loss: sum over x * w^2, so that the gradient is 2 x w. */
  private static TrainingStep step(Scope scope, double clip) {
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F32);
    Expr a = parameters.weight(graph, parameter("a", 2));
    Expr b = parameters.weight(graph, parameter("b", 1));
    Expr x = graph.input("x", DType.F32, Shape.of());
    Expr loss = a.pow(2).sum().add(b.pow(2).sum()).mul(x);
    return TrainingStep.compile(scope, parameters, loss, StepSettings.of(AdamW.DEFAULT, clip));
  }

  private static Parameter parameter(String name, long size) {
    return new Parameter(name, Shape.of(size), Parameter.Init.ONES);
  }

  @Test
  void followsTheEquationsOfAdamW() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, 1e9)) {
      TrainingState state = TrainingState.begin(scope, step, new float[] {1, -2, 3});
      TrainingRun run = step.bind(scope, state);
      double[] w = {1, -2, 3};
      double[] m = new double[3];
      double[] v = new double[3];
      for (int t = 1; t <= 20; t++) {
        TrainingRun.Outcome outcome = run.step(RATE, List.of(Tensor.scalar(scope, 0.5f)));
        assertEquals(0.5 * (w[0] * w[0] + w[1] * w[1] + w[2] * w[2]), outcome.loss(), 1e-4);
        for (int i = 0; i < 3; i++) {
          double g = w[i];
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          double mean = m[i] / (1 - Math.pow(0.9, t));
          double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, t)));
          w[i] = w[i] * (1 - RATE * 0.01) - RATE * mean / (root + 1e-8);
        }
        float[] expected = {(float) w[0], (float) w[1], (float) w[2]};
        assertArrayEquals(expected, state.weights().floats(), 2e-5f);
        assertTrue(state.average().isEmpty());
        assertArrayEquals(state.weights().floats(), state.evaluationWeights(scope).floats());
      }
      assertEquals(20, state.steps());
    }
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, 1)) {
      TrainingState state = TrainingState.begin(scope, step, new float[] {1, -2, 3});
      TrainingRun run = step.bind(scope, state);
      assertFalse(run.step(RATE, List.of(Tensor.scalar(scope, 1))).skipped());
      Map<String, HostTensor> before = state.contents();
      for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        assertTrue(run.step(RATE, List.of(Tensor.scalar(scope, poison))).skipped());
        assertEquals(before, state.contents());
        assertEquals(1, state.steps());
      }
    }
  }

  @Test
  void theWholeGradientIsClipped() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, 0.5)) {
      TrainingState state = TrainingState.begin(scope, step, new float[] {0, 3, 4});
      TrainingRun run = step.bind(scope, state);
      assertEquals(10, run.step(RATE, List.of(Tensor.scalar(scope, 1))).gradientNorm(), 1e-4);
      assertArrayEquals(new float[] {0, 0.03f, 0.04f}, state.tensor("mean").floats(), 1e-5f);
    }
  }
}
