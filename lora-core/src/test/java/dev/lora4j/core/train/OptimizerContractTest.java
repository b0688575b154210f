package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Adafactor;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Lion;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.optimizer.Prodigy;
import dev.lora4j.core.train.optimizer.ScheduleFreeAdamW;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every optimiser owes, with its defaults and with everything switched on. */
class OptimizerContractTest {
  private static final Engine ENGINE = Engine.open();
  private static final double RATE = 0.01;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<Optimizer> optimizers() {
    return Stream.concat(
        Optimizers.all().stream(),
        Stream.of(
            new AdamW(0.8, 0.95, 1e-6, 0.1),
            new Lion(0.8, 0.95, 0.1),
            new Adafactor(1e-30, 1e-3, 1, -0.8, 0.9, 0.1, true, true, true),
            new Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0.1, false, false, false),
            new Prodigy(0.9, 0.99, 0.95, 1e-8, 0.01, true, true, 1e-4, 2, 1.5),
            new ScheduleFreeAdamW(0.9, 0.99, 1e-8, 0.01, 3, 1, 2)));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void nonFiniteGradientChangesNoBit(Optimizer optimizer) {
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = new SmallProblem(scope, optimizer)) {
      TrainingState state = problem.begin();
      TrainingRun run = problem.step().bind(scope, state);
      for (int i = 0; i < 5; i++) {
        Map<String, HostTensor> before = state.contents();
        for (double poison : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
          double[] gradient = SmallProblem.gradient(i);
          gradient[i * 20] = poison;
          assertTrue(problem.step(run, RATE, gradient).skipped());
          // By bits: equal tensors have equal bytes, so that -0 is not 0.
          assertEquals(before, state.contents());
        }
        assertFalse(problem.step(run, RATE, SmallProblem.gradient(i)).skipped());
        assertNotEquals(before.get("weights"), state.contents().get("weights"));
        assertEquals(i + 1, state.steps());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void resumedRunHasTheSameBits(Optimizer optimizer, @TempDir Path folder) {
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = new SmallProblem(scope, optimizer);
        SmallProblem other = new SmallProblem(scope, optimizer)) {
      TrainingState whole = problem.begin();
      TrainingRun run = problem.step().bind(scope, whole);
      Path file = folder.resolve("checkpoint.safetensors");
      for (int i = 0; i < 10; i++) {
        problem.step(run, RATE, SmallProblem.gradient(i));
        if (i == 4) {
          TrainingCheckpoint.of(whole, 1.5, Map.of("run", "abc")).write(file);
        }
      }
      TrainingCheckpoint read = TrainingCheckpoint.read(file);
      assertEquals(5, read.steps());
      assertEquals(Map.of("run", "abc"), read.notes());
      TrainingState resumed = read.restore(scope, other.step(), other.layout());
      TrainingRun rest = other.step().bind(scope, resumed);
      for (int i = 5; i < 10; i++) {
        other.step(rest, RATE, SmallProblem.gradient(i));
      }
      assertEquals(whole.contents(), resumed.contents());
      assertEquals(
          HostTensor.of(whole.evaluationWeights(scope)),
          HostTensor.of(resumed.evaluationWeights(scope)));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void checkpointOfAnotherOptimizerIsRefusedByName(Optimizer optimizer, @TempDir Path folder) {
    Optimizer other = new AdamW(0.5, 0.5, 1e-8, 0);
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = new SmallProblem(scope, optimizer);
        SmallProblem another = new SmallProblem(scope, other)) {
      Path file = folder.resolve("checkpoint.safetensors");
      TrainingCheckpoint.of(problem.begin(), 0).write(file);
      TrainingCheckpoint read = TrainingCheckpoint.read(file);
      String message =
          assertThrows(
                  TensorException.class,
                  () -> read.restore(scope, another.step(), another.layout()))
              .getMessage();
      assertTrue(message.contains(optimizer.toString()), message);
      assertTrue(message.contains(other.toString()), message);
    }
  }
}
