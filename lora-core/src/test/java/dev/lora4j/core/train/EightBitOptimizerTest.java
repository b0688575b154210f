package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.AdamW8bit;
import dev.lora4j.core.train.optimizer.Lion8bit;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Twenty steps of the optimizers of bitsandbytes 0.50.2 on a CPU, and what their codes owe. */
class EightBitOptimizerTest {
  private static final Engine ENGINE = Engine.open();
  private static final Safetensors GOLDEN =
      Safetensors.open(
          Path.of("src/test/resources/dev/lora4j/core/train/optimizers-8bit.safetensors"));
  private static final int STEPS = 20;

  /** Codes of the first weight are filled up to whole blocks; those of the other fill theirs. */
  private static final int FIRST = 4800;

  private static final int FILLED = 4864;

  /**
   * A row of the table in the script of goldens.
   *
   * @param sized whether the program knows the sizes of the weights
   */
  record Case(String name, double rate, Optimizer optimizer, boolean sized) {
    @Override
    public String toString() {
      return name + (sized ? "" : ", sizes unknown");
    }
  }

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  static Stream<Case> cases() {
    return Stream.of(true, false)
        .flatMap(
            sized ->
                Stream.of(
                    new Case("adamw8bit", 1e-3, AdamW8bit.DEFAULT, sized),
                    new Case("adamw8bit-all", 1e-2, new AdamW8bit(0.8, 0.95, 1e-6, 0.1), sized),
                    new Case("lion8bit", 1e-4, Lion8bit.DEFAULT, sized),
                    new Case("lion8bit-all", 1e-3, new Lion8bit(0.8, 0.95, 0.1), sized)));
  }

  static Stream<Optimizer> optimizers() {
    return Stream.of(AdamW8bit.DEFAULT, Lion8bit.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stepsAndCodesAreThoseOfBitsAndBytes(Case example) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, example.optimizer(), example.sized())) {
      TrainingState state = problem.begin(SlotStorage.MEMORY);
      TrainingRun run = problem.bind(state);
      for (int step = 1; step <= STEPS; step++) {
        double factor = Math.min(step / 4.0, 1) * (1 - step / 64.0);
        problem.step(run, example.rate() * factor, LargeProblem.gradient(step));
      }
      Map<String, HostTensor> found = state.contents();
      same(example, found, "weights", 2e-7);
      for (String vector : List.of("mean", "square")) {
        if (found.containsKey(vector)) {
          same(example, found, vector, 1e-7);
          same(example, found, vector + "_scales", 1e-7);
          String codes = vector + "_codes";
          byte[] expected = GOLDEN.bytes(example.name() + "." + codes);
          assertArrayEquals(expected, unfilled(found.get(codes)), codes);
        }
      }
      assertEquals(STEPS, state.steps());
    }
  }

  private static byte[] unfilled(HostTensor codes) {
    byte[] all = new byte[(int) codes.shape().elements()];
    codes.bytes().get(all);
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    kept.write(all, 0, FIRST);
    kept.write(all, FILLED, all.length - FILLED);
    return kept.toByteArray();
  }

  private static void same(
      Case example, Map<String, HostTensor> found, String name, double tolerance) {
    var info = Objects.requireNonNull(GOLDEN.tensors().get(example.name() + "." + name), name);
    byte[] bytes = GOLDEN.bytes(info.name());
    double[] expected = HostTensor.owning(info.dtype(), info.shape(), bytes).doubles();
    assertArrayEquals(expected, found.get(name).doubles(), tolerance, name);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void memoryIsAByteAndTheScaleOfABlock(Optimizer optimizer) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, true)) {
      Map<String, HostTensor> state = problem.begin(SlotStorage.MEMORY).contents();
      assertEquals(DType.U8, state.get("mean_codes").dtype());
      assertEquals(FILLED + 4096, state.get("mean_codes").shape().elements());
      assertEquals(19 + 16, state.get("mean_scales").shape().elements());
      assertEquals(LargeProblem.LENGTH - LargeProblem.LARGE, state.get("mean").shape().elements());
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void zeroGradientsChangeNothing(Optimizer optimizer) {
    Optimizer plain =
        optimizer instanceof AdamW8bit ? new AdamW8bit(0.9, 0.999, 1e-8, 0) : optimizer;
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, plain, false)) {
      TrainingState state = problem.begin(SlotStorage.MEMORY);
      TrainingRun run = problem.bind(state);
      HostTensor before = HostTensor.of(state.weights());
      for (int i = 0; i < 3; i++) {
        assertFalse(problem.step(run, 0.01, new float[LargeProblem.LENGTH]).skipped());
      }
      assertArrayEquals(before.doubles(), HostTensor.of(state.weights()).doubles());
      assertTrue(state.contents().values().stream().allMatch(HostTensor::finite));
    }
  }

  /** Their squares are below the least normal number, and so is the scale of a block. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void tinyGradientsGiveFiniteNumbers(Optimizer optimizer) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, true)) {
      TrainingState state = problem.begin(SlotStorage.MEMORY);
      TrainingRun run = problem.bind(state);
      for (float size : new float[] {1e-18f, 1e-20f, 1e-38f, Float.MIN_VALUE}) {
        float[] gradient = LargeProblem.gradient(1);
        for (int k = 0; k < gradient.length; k++) {
          gradient[k] *= size;
        }
        assertFalse(problem.step(run, 0.01, gradient).skipped());
      }
      state.contents().forEach((name, values) -> assertTrue(values.finite(), name));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void nonFiniteGradientChangesNoBitOfTheCodes(Optimizer optimizer) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, false)) {
      TrainingState state = problem.begin(SlotStorage.MEMORY);
      TrainingRun run = problem.bind(state);
      problem.step(run, 0.01, LargeProblem.gradient(1));
      Map<String, HostTensor> before = state.contents();
      for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] gradient = LargeProblem.gradient(2);
        gradient[4700] = poison;
        assertTrue(problem.step(run, 0.01, gradient).skipped());
        assertEquals(before, state.contents());
      }
      problem.step(run, 0.01, LargeProblem.gradient(2));
      assertNotEquals(before.get("mean_codes"), state.contents().get("mean_codes"));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void resumedRunHasTheSameCodes(Optimizer optimizer, @TempDir Path folder) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, false);
        LargeProblem other = new LargeProblem(scope, optimizer, false)) {
      TrainingState whole = problem.begin(SlotStorage.MEMORY);
      TrainingRun run = problem.bind(whole);
      Path file = folder.resolve("checkpoint.safetensors");
      for (int i = 1; i <= 6; i++) {
        problem.step(run, 0.01, LargeProblem.gradient(i));
        if (i == 3) {
          TrainingCheckpoint.of(whole, 0).write(file);
        }
      }
      TrainingState resumed =
          TrainingCheckpoint.read(file).restore(scope, other.step(), other.layout());
      TrainingRun rest = other.bind(resumed);
      for (int i = 4; i <= 6; i++) {
        other.step(rest, 0.01, LargeProblem.gradient(i));
      }
      assertEquals(whole.contents(), resumed.contents());
    }
  }

  @Test
  void everyGoldenCaseIsTested() {
    List<String> names =
        GOLDEN.tensors().keySet().stream().filter(n -> n.endsWith(".weights")).toList();
    assertEquals(
        names.stream().map(n -> n.replace(".weights", "")).sorted().toList(),
        cases().map(Case::name).distinct().sorted().toList());
  }
}
