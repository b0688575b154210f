package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Adafactor;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Lion;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Prodigy;
import dev.lora4j.core.train.optimizer.ScheduleFreeAdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fifty steps of every optimiser against its reference, on given gradients, in F64 and in F32. The
 * references are torch's AdamW, transformers' Adafactor, lion-pytorch, prodigyopt and schedulefree.
 */
class OptimizerParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/optimizers.safetensors"));
  private static final List<Integer> KEPT = List.of(1, 2, 10, 50);
  private static final ParameterGroups LORA_PLUS =
      ParameterGroups.NONE.with("up", p -> p.name().endsWith(".up"), 16);

  /** A row of the table in the script of goldens. */
  record Case(String name, double rate, Optimizer optimizer) {
    ParameterGroups groups() {
      return name.endsWith("-groups") ? LORA_PLUS : ParameterGroups.NONE;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("adamw", 1e-2, AdamW.DEFAULT),
        new Case("adamw-all", 1e-2, new AdamW(0.8, 0.95, 1e-6, 0.1)),
        new Case("adamw-groups", 1e-3, AdamW.DEFAULT),
        new Case("lion", 1e-3, Lion.DEFAULT),
        new Case("lion-all", 1e-3, new Lion(0.8, 0.95, 0.1)),
        new Case("lion-groups", 1e-4, Lion.DEFAULT),
        new Case("adafactor", 1, Adafactor.DEFAULT),
        new Case(
            "adafactor-all", 1, new Adafactor(1e-30, 1e-3, 0.5, -0.8, 0.9, 0.1, true, true, true)),
        new Case(
            "adafactor-rate",
            1e-2,
            new Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0.1, false, false, false)),
        new Case("prodigy", 1, Prodigy.DEFAULT),
        new Case(
            "prodigy-all", 1, new Prodigy(0.9, 0.99, 0.95, 1e-8, 0.01, true, true, 1e-4, 2, 1.5)),
        new Case("schedule-free", 2.5e-3, ScheduleFreeAdamW.DEFAULT),
        new Case("schedule-free-all", 1e-2, new ScheduleFreeAdamW(0.8, 0.99, 1e-8, 0.1, 8, 1, 2)),
        new Case("schedule-free-groups", 1e-3, ScheduleFreeAdamW.DEFAULT));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void optimizerFollowsItsReferenceInF64(Case example) {
    compare(example, DType.F64, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void optimizerFollowsItsReferenceInF32(Case example) {
    // Prodigy's first estimates are of differences that F32 has few digits for: prodigyopt itself
    // is
    // 3.2e-3 from its own F64 after these fifty steps.
    compare(example, DType.F32, example.optimizer() instanceof Prodigy ? 4e-3 : 1e-5);
  }

  @Test
  void everyGoldenCaseIsTested() {
    List<String> names = GOLDEN.tensors().keySet().stream().filter(n -> n.endsWith(".1")).toList();
    assertEquals(names.size(), cases().count());
  }

  private static void compare(Case example, DType type, double tolerance) {
    StepSettings settings = StepSettings.of(example.optimizer(), 0);
    try (Scope scope = ENGINE.scope("test");
        SmallProblem problem = new SmallProblem(scope, type, settings, example.groups())) {
      String own = example.name() + ".gradients";
      double[] gradients = golden(GOLDEN.tensors().containsKey(own) ? own : "gradients");
      double[] factors = golden("factors");
      float[] start = new float[SmallProblem.LENGTH];
      double[] first = sorted(problem, golden("start"));
      for (int i = 0; i < start.length; i++) {
        start[i] = (float) first[i];
      }
      TrainingState state = TrainingState.begin(scope, problem.step(), start);
      TrainingRun run = problem.step().bind(scope, state);
      for (int i = 0; i < factors.length; i++) {
        int from = i * SmallProblem.LENGTH;
        double[] gradient = Arrays.copyOfRange(gradients, from, from + SmallProblem.LENGTH);
        problem.step(run, example.rate() * factors[i], gradient);
        if (KEPT.contains(i + 1)) {
          same(problem, example.name() + "." + (i + 1), state.weights(), tolerance);
        }
      }
      same(problem, example.name() + ".evaluation", state.evaluationWeights(scope), tolerance);
    }
  }

  private static void same(SmallProblem problem, String name, Tensor found, double tolerance) {
    double[] expected = sorted(problem, golden(name));
    assertArrayEquals(expected, HostTensor.of(found).doubles(), tolerance, name);
  }

  /** From the order of the script to that of the layout, in which groups lie together. */
  private static double[] sorted(SmallProblem problem, double[] values) {
    double[] sorted = new double[values.length];
    List<Integer> offsets = new ArrayList<>();
    int end = 0;
    for (var parameter : SmallProblem.PARAMETERS) {
      offsets.add(end);
      end += (int) parameter.shape().elements();
    }
    for (int i = 0; i < offsets.size(); i++) {
      Slot slot = problem.layout().slot(SmallProblem.PARAMETERS.get(i).name()).orElseThrow();
      int length = (int) slot.parameter().shape().elements();
      System.arraycopy(values, offsets.get(i), sorted, (int) slot.offset(), length);
    }
    return sorted;
  }

  private static double[] golden(String name) {
    var info = GOLDEN.tensors().get(name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name)).doubles();
  }
}
