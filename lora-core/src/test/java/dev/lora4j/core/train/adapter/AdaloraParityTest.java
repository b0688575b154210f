package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.adalora.AdaloraTraining;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.ScheduleFreeAdamW;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AdaLoRA takes the directions away that PEFT's takes away, step by step. */
class AdaloraParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("adalora");
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/adalora.safetensors"));
  private static final double RATE = 2e-2;
  private static final AdamW ADAM = new AdamW(0.9, 0.999, 1e-8, 1e-2);
  private static final Map<String, String> ROLES =
      Map.of(
          AdaloraTraining.RIGHT, "lora_A",
          AdaloraTraining.LEFT, "lora_B",
          AdaloraTraining.SIZES, "lora_E");

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static AdapterPlan plan(int rank, String... settings) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      named.put(settings[i], settings[i + 1]);
    }
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named("adalora", named))
        .targets(TargetLayers.of(TargetPreset.ALL))
        .rank(rank, 6)
        .plan(SmallNet.sites());
  }

  @ParameterizedTest
  @CsvSource({
    "every, 4, 2, 3, 6, 1, 0.85, 0.85, 0.5",
    "second, 3, 1, 2, 5, 2, 0.7, 0.9, 0.1",
    "late, 4, 3, 0, 0, 5, 0.85, 0.85, 0"
  })
  void directionsAndFactorsAreThoseOfPeft(
      String name,
      int rank,
      String target,
      String first,
      String last,
      String every,
      String beta1,
      String beta2,
      String orthogonal) {
    AdapterPlan plan =
        plan(
            rank,
            "target_r",
            target,
            "tinit",
            first,
            "tfinal",
            last,
            "delta_t",
            every,
            "beta1",
            beta1,
            "beta2",
            beta2,
            "orth_reg_weight",
            orthogonal);
    int steps = (int) golden("x").shape().size(0);
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F64);
    StagedAdapter adapter = new StagedAdapter(parameters, plan);
    Expr x = graph.input("x", DType.F64, SmallNet.INPUT);
    Expr aim = graph.input("target", DType.F64, batch(0).get(1).shape());
    Expr y = SmallNet.apply(graph, new FrozenWeights(DType.F64, ""), adapter, x);
    Expr data = y.sub(aim).pow(2).mean();
    Expr loss = adapter.penalty().map(data::add).orElse(data);
    Optimizer optimizer = plan.optimizer(ADAM, steps);
    FlatLayout layout = adapter.layout();
    try (Scope scope = SCOPE.child("steps");
        TrainingStep step =
            TrainingStep.compile(scope, parameters, loss, StepSettings.of(optimizer, 0))) {
      double[] start = flat(name + "/start/", layout);
      float[] initial = TrainedNet.floats(start);
      TrainingState state = TrainingState.begin(scope, step, layout, initial);
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      SmallNet.weights()
          .keySet()
          .forEach(w -> held.put(w, golden("base/" + w).on(scope, DType.F64)));
      double[] losses = golden(name + "/loss").doubles();
      try (TrainingRun run =
          step.bind(scope, state, layout, n -> Objects.requireNonNull(held.get(n), n))) {
        for (int i = 0; i < steps; i++) {
          TrainingRun.Outcome outcome =
              run.step(RATE, batch(i).stream().map(t -> t.on(scope, DType.F64)).toList());
          assertEquals(losses[i], outcome.loss(), 1e-5 * losses[i], "loss of step " + i);
          double[] found = HostTensor.of(state.weights()).doubles();
          assertEquals((long) golden(name + "/budget").doubles()[i], left(found, layout), "" + i);
        }
      }
      double[] expected = flat(name + "/trained/", layout);
      double[] found = HostTensor.of(state.weights()).doubles();
      assertTrue(TrainedNet.error(expected, found) <= 1e-9, "" + TrainedNet.error(expected, found));
      Map<String, List<Factors>> factors =
          adapter.factors(TrainedNet.floats(found), initial, DType.F32);
      long stored =
          factors.values().stream()
              .mapToLong(f -> f.get(0).tensor("lora_down.weight").shape().size(0))
              .sum();
      assertTrue(stored >= left(found, layout) && stored <= left(found, layout) + factors.size());
    }
  }

  private static long left(double[] flat, FlatLayout layout) {
    long left = 0;
    for (FlatLayout.Slot slot : layout.slots()) {
      if (slot.parameter().name().endsWith("." + AdaloraTraining.SIZES)) {
        for (long i = 0; i < slot.parameter().shape().elements(); i++) {
          left += flat[(int) (slot.offset() + i)] != 0 ? 1 : 0;
        }
      }
    }
    return left;
  }

  @Test
  void runsThatAreTooShortAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> plan(4, "tinit", "10", "tfinal", "10").rule(20));
    assertTrue(String.valueOf(refused.getMessage()).contains("the run has 20 steps"));
    assertTrue(plan(4).rule(10).isPresent());
    assertThrows(IllegalArgumentException.class, () -> plan(2, "target_r", "3").rule(20));
    TensorException averaged =
        assertThrows(TensorException.class, () -> plan(4).optimizer(ScheduleFreeAdamW.DEFAULT, 10));
    assertTrue(String.valueOf(averaged.getMessage()).contains("averages the weights"));
  }

  private static HostTensor golden(String name) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(name), name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name));
  }

  private static List<HostTensor> batch(int step) {
    return Stream.of("x", "target").map(name -> at(golden(name), step)).toList();
  }

  private static HostTensor at(HostTensor all, int index) {
    long[] sizes = all.shape().sizes();
    Shape shape = Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length));
    int length = (int) shape.elements();
    double[] part = Arrays.copyOfRange(all.doubles(), index * length, (index + 1) * length);
    return HostTensor.of(all.dtype(), shape, part);
  }

  private static double[] flat(String prefix, FlatLayout layout) {
    double[] flat = new double[(int) layout.length()];
    for (Site site : SmallNet.sites()) {
      ROLES.forEach(
          (part, role) ->
              layout
                  .slot(site.name() + "." + part)
                  .ifPresent(
                      slot -> {
                        String layer = site.name().substring(SmallNet.MODEL.length() + 1);
                        double[] values = golden(prefix + layer + "/" + role).doubles();
                        assertEquals(slot.parameter().shape().elements(), values.length);
                        System.arraycopy(values, 0, flat, (int) slot.offset(), values.length);
                      }));
    }
    return flat;
  }
}
