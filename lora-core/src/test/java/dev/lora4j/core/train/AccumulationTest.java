package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gradients summed over batches, scaled losses, and weights whose sizes the program leaves free.
 */
class AccumulationTest {
  private static final Engine ENGINE = Engine.open();
  private static final int IN = 6;
  private static final StepSettings SETTINGS = StepSettings.of(AdamW.DEFAULT, 0.5).averaging(0.9);
  private static final double RATE = 1e-2;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** A product of two factors of any rank, fitted to targets. */
  private static TrainingStep step(Scope scope, DType compute, StepSettings settings) {
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, compute);
    long any = Shape.UNKNOWN;
    Expr down = parameters.weight(graph, parameter("down", any, IN));
    Expr up = parameters.weight(graph, parameter("up", 4, any));
    Expr x = graph.input("x", DType.F32, Shape.of(any, IN));
    Expr target = graph.input("target", DType.F32, Shape.of(any, 4));
    Expr y = x.to(compute).linear(down).linear(up).to(DType.F32);
    return TrainingStep.compile(scope, parameters, y.sub(target).pow(2).mean(), settings);
  }

  private static Parameter parameter(String name, long... sizes) {
    return new Parameter(name, Shape.of(sizes), Parameter.Init.KAIMING);
  }

  private static FlatLayout layout(TrainingStep step, long rank) {
    return FlatLayout.of(step.parameters(), p -> rank);
  }

  private static TrainingRun bind(Scope scope, TrainingStep step, long rank) {
    FlatLayout layout = layout(step, rank);
    TrainingState state = TrainingState.begin(scope, step, layout, Initialiser.fill(layout, 3));
    return step.bind(scope, state, layout, name -> Tensor.scalar(scope, 0));
  }

  private static List<Tensor> batch(Scope scope, long seed, int from, int to) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[(to - from) * IN];
    float[] y = new float[(to - from) * 4];
    for (int row = 0; row < to; row++) {
      for (int i = 0; i < IN + 4; i++) {
        float value = (float) (random.nextDouble() * 2 - 1);
        if (row >= from && i < IN) {
          x[(row - from) * IN + i] = value;
        } else if (row >= from) {
          y[(row - from) * 4 + i - IN] = value;
        }
      }
    }
    int rows = to - from;
    return List.of(Tensor.of(scope, Shape.of(rows, IN), x), Tensor.of(scope, Shape.of(rows, 4), y));
  }

  @Test
  void accumulatedPartsGiveTheStepOfTheBatch() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep whole = step(scope, DType.F32, SETTINGS);
        TrainingStep parts = step(scope, DType.F32, SETTINGS.accumulating())) {
      TrainingRun one = bind(scope, whole, 3);
      TrainingRun many = bind(scope, parts, 3);
      for (int i = 0; i < 10; i++) {
        one.step(RATE, batch(scope, i, 0, 8));
        float[] before = many.state().weights().floats();
        many.accumulate(0.25, batch(scope, i, 0, 2));
        many.accumulate(0.5, batch(scope, i, 2, 6));
        assertArrayEquals(before, many.state().weights().floats());
        assertEquals(i, many.state().steps());
        many.step(RATE, 0.25, batch(scope, i, 6, 8));
        assertEquals(i + 1, many.state().steps());
        for (String name : one.state().contents().keySet()) {
          assertArrayEquals(
              one.state().tensor(name).floats(), many.state().tensor(name).floats(), 1e-5f);
        }
      }
      assertThrows(TensorException.class, () -> one.accumulate(1, batch(scope, 0, 0, 2)));
    }
  }

  @Test
  void aSumThatIsNotFiniteIsForgotten() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F32, SETTINGS.accumulating())) {
      TrainingRun poisoned = bind(scope, step, 3);
      TrainingRun clean = bind(scope, step, 3);
      float[] nan = new float[2 * IN];
      nan[3] = Float.NaN;
      List<Tensor> bad =
          List.of(
              Tensor.of(scope, Shape.of(2, IN), nan),
              Tensor.of(scope, Shape.of(2, 4), new float[8]));
      poisoned.accumulate(0.5, bad);
      assertTrue(poisoned.step(RATE, 0.5, batch(scope, 1, 0, 2)).skipped());
      assertEquals(0, poisoned.state().steps());
      assertFalse(poisoned.step(RATE, batch(scope, 2, 0, 4)).skipped());
      clean.step(RATE, batch(scope, 2, 0, 4));
      assertArrayEquals(clean.state().weights().floats(), poisoned.state().weights().floats());
    }
  }

  @Test
  void oneProgramTrainsAnyRank() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F32, SETTINGS)) {
      long programs = ENGINE.compiled();
      for (long rank : new long[] {1, 2, 7, 64}) {
        TrainingRun run = bind(scope, step, rank);
        assertEquals(rank * (IN + 4), run.state().weights().shape().elements());
        float first = run.step(RATE, batch(scope, 5, 0, 16)).loss();
        float last = first;
        for (int i = 0; i < 60; i++) {
          last = run.step(RATE, batch(scope, 5, 0, 16)).loss();
        }
        assertTrue(last < first, "rank " + rank + ": " + first + " to " + last);
      }
      assertEquals(programs, ENGINE.compiled());
      FlatLayout small = layout(step, 2);
      FlatLayout larger = layout(step, 3);
      TrainingState large = TrainingState.begin(scope, step, larger, Initialiser.fill(larger, 3));
      assertThrows(
          TensorException.class,
          () -> step.bind(scope, large, small, name -> Tensor.scalar(scope, 0)));
    }
  }

  @Test
  void scaledLossKeepsGradientsThatF16Loses() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep plain = step(scope, DType.F16, SETTINGS);
        TrainingStep scaled = step(scope, DType.F16, SETTINGS.lossScaled());
        TrainingStep exact = step(scope, DType.F32, SETTINGS)) {
      // Targets and inputs this small give gradients below what F16 can hold.
      List<Tensor> tiny = scaledBatch(scope, 2e-4f);
      float expected = bind(scope, exact, 3).step(RATE, tiny).gradientNorm();
      float lost = bind(scope, plain, 3).step(RATE, tiny).gradientNorm();
      float kept = bind(scope, scaled, 3).step(RATE, tiny).gradientNorm();
      assertEquals(expected, kept, 0.01 * expected);
      assertTrue(Math.abs(lost - expected) > 0.1 * expected, lost + " beside " + expected);
    }
  }

  private static List<Tensor> scaledBatch(Scope scope, float factor) {
    return batch(scope, 9, 0, 8).stream()
        .map(
            t -> {
              float[] values = t.floats();
              for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
              }
              return Tensor.of(scope, t.shape(), values);
            })
        .toList();
  }

  @Test
  void lossScaleAdaptsToOverflowAndIsCheckpointed(@TempDir Path folder) {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F16, SETTINGS.lossScaled())) {
      TrainingRun run = bind(scope, step, 3);
      List<Tensor> large = scaledBatch(scope, 300);
      float[] before = run.state().weights().floats();
      int skipped = 0;
      while (run.step(RATE, large).skipped()) {
        skipped++;
        assertArrayEquals(before, run.state().weights().floats());
        assertEquals(65536 / Math.pow(2, skipped), run.state().lossScale().scale());
      }
      assertTrue(skipped > 0 && skipped < 30, skipped + " skipped");
      Path file = folder.resolve("checkpoint.safetensors");
      TrainingCheckpoint.of(run.state(), 1.5).write(file);
      TrainingState back = TrainingCheckpoint.read(file).restore(scope, step, layout(step, 3));
      assertEquals(run.state().lossScale(), back.lossScale());
      assertEquals(1, back.steps());
    }
    LossScale scale = LossScale.FIRST;
    for (int i = 1; i < LossScale.GROWTH_INTERVAL; i++) {
      scale = scale.after(false);
    }
    assertEquals(65536, scale.scale());
    assertEquals(new LossScale(131072, 0), scale.after(false));
    assertEquals(new LossScale(32768, 0), scale.after(true));
    assertThrows(IllegalArgumentException.class, () -> new LossScale(3, 0));
  }
}
