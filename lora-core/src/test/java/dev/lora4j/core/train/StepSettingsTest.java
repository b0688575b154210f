package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Lion;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Prodigy;
import dev.lora4j.core.train.optimizer.ScheduleFreeAdamW;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clipping, the average and groups of weights change in a step, and what is refused. */
class StepSettingsTest {
  private static final Engine ENGINE = Engine.open();
  private static final double RATE = 0.01;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static SmallProblem problem(Scope scope, StepSettings settings, ParameterGroups groups) {
    return new SmallProblem(scope, DType.F32, settings, groups);
  }

  private static boolean up(Parameter parameter) {
    return parameter.name().endsWith(".up");
  }

  private static ParameterGroups group(Predicate<Parameter> members, double rate) {
    return ParameterGroups.NONE.with("ups", members, rate);
  }

  /** The state after three steps with large gradients. */
  private static Map<String, HostTensor> after(StepSettings settings) {
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = problem(scope, settings, ParameterGroups.NONE)) {
      TrainingState state = problem.begin();
      TrainingRun run = problem.step().bind(scope, state);
      for (int i = 0; i < 3; i++) {
        problem.step(run, RATE, SmallProblem.gradient(i));
      }
      return state.contents();
    }
  }

  @Test
  void clippingToZeroClipsNothing() {
    Map<String, HostTensor> free = after(StepSettings.of(AdamW.DEFAULT, 0));
    assertEquals(after(StepSettings.of(AdamW.DEFAULT, 1e9)), free);
    assertFalse(after(StepSettings.of(AdamW.DEFAULT, 0.1)).equals(free));
  }

  @Test
  void averageExistsOnlyWhereItIsRequested() {
    Map<String, HostTensor> without = after(StepSettings.of(AdamW.DEFAULT, 0));
    Map<String, HostTensor> with = after(StepSettings.of(AdamW.DEFAULT, 0).averaging(0.9));
    assertFalse(without.containsKey("average"));
    assertEquals(without.get("weights"), with.get("weights"));
    assertFalse(with.get("average").equals(with.get("weights")));
  }

  @Test
  void runWithEmaResumesOnlyWithEma(@TempDir Path folder) {
    StepSettings settings = StepSettings.of(AdamW.DEFAULT, 0);
    try (Scope scope = ENGINE.scope("test");
        SmallProblem without = problem(scope, settings, ParameterGroups.NONE);
        SmallProblem with = problem(scope, settings.averaging(0.9), ParameterGroups.NONE)) {
      Path file = folder.resolve("checkpoint.safetensors");
      TrainingCheckpoint.of(with.begin(), 0).write(file);
      TrainingCheckpoint read = TrainingCheckpoint.read(file);
      refused("moving average", () -> read.restore(scope, without.step(), without.layout()));
    }
  }

  @Test
  void runResumesOnlyWithTheSameGroups(@TempDir Path folder) {
    StepSettings settings = StepSettings.of(AdamW.DEFAULT, 0);
    try (Scope scope = ENGINE.scope("test");
        SmallProblem one = problem(scope, settings, ParameterGroups.NONE);
        // A group moves its weights to the front of the buffer.
        SmallProblem two = problem(scope, settings, group(StepSettingsTest::up, 16))) {
      Path file = folder.resolve("checkpoint.safetensors");
      TrainingCheckpoint.of(one.begin(), 0).write(file);
      TrainingCheckpoint read = TrainingCheckpoint.read(file);
      refused("order", () -> read.restore(scope, two.step(), two.layout()));
    }
  }

  @Test
  void aGroupWithoutARateDoesNotMove() {
    StepSettings settings = StepSettings.of(Lion.DEFAULT, 0);
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = problem(scope, settings, group(StepSettingsTest::up, 0))) {
      TrainingState state = problem.begin();
      float[] before = state.weights().floats();
      TrainingRun run = problem.step().bind(scope, state);
      problem.step(run, RATE, SmallProblem.gradient(0));
      float[] after = state.weights().floats();
      int ups = 20 + 8;
      for (int i = 0; i < ups; i++) {
        assertEquals(before[i], after[i]);
      }
      assertTrue(before[ups + 1] != after[ups + 1]);
    }
  }

  @Test
  void groupsThatCannotBeTrainedAreRefused() {
    try (Scope scope = ENGINE.scope("test")) {
      StepSettings adamw = StepSettings.of(AdamW.DEFAULT, 0);
      refused("'ups'", () -> problem(scope, adamw, group(p -> false, 2)));
      StepSettings prodigy = StepSettings.of(Prodigy.DEFAULT, 0);
      refused(
          "'ups' asks for 16.0 times",
          () -> problem(scope, prodigy, group(StepSettingsTest::up, 16)));
      problem(scope, prodigy, group(StepSettingsTest::up, 1)).close();
    }
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> group(StepSettingsTest::up, rate));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void invalidEmaDecaysAreRefused(double decay) {
    refusedSetting(AdamW.DEFAULT, 0, decay);
  }

  @Test
  void otherSettingsThatMakeNoSenseAreRefused() {
    refusedSetting(AdamW.DEFAULT, -1, 0);
    refusedSetting(AdamW.DEFAULT, Double.NaN, 0);
    // It averages by itself.
    refusedSetting(ScheduleFreeAdamW.DEFAULT, 0, 0.9);
  }

  private static void refusedSetting(Optimizer optimizer, double clip, double decay) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new StepSettings(optimizer, clip, decay, false, false));
  }

  private static void refused(String part, Runnable work) {
    String message = assertThrows(TensorException.class, work::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
