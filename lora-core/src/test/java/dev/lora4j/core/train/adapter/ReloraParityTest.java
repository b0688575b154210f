package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.DirectionRule.Progress;
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
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.DirectionUpdate;
import dev.lora4j.core.train.HeldOptimizer;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directions side by side are what merges and restarts add to the weights. */
class ReloraParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("relora");
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/relora.safetensors"));
  private static final int RANK = 2;
  private static final double SCALE = 1.5;
  private static final double RATE = 3e-2;
  private static final double CLIP = 0.5;

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "magnitude"})
  void sumIsThatOfMergesAndRestarts(String reset) {
    Map<String, Object> settings =
        Map.of(
            "restarts",
            3,
            "cycle_length",
            6,
            "restart_warmup_steps",
            2,
            "reset",
            reset,
            "optimizer_magnitude_pruning",
            0.7);
    AdapterPlan plan =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named("relora", settings))
            .targets(TargetLayers.of(TargetPreset.ALL))
            .rank(RANK, SCALE * RANK)
            .plan(SmallNet.sites());
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F64);
    StagedAdapter adapter = new StagedAdapter(parameters, plan);
    Expr x = graph.input("x", DType.F64, SmallNet.INPUT);
    Expr aim = graph.input("target", DType.F64, batch(0).get(1).shape());
    Expr y = SmallNet.apply(graph, new FrozenWeights(DType.F64, ""), adapter, x);
    Expr loss = y.sub(aim).pow(2).mean();
    double[] losses = golden(reset + "/loss").doubles();
    double[] norms = golden(reset + "/norm").doubles();
    RateSchedule schedule = RateSchedule.of(new Cosine(), losses.length).warmupSteps(2);
    HeldOptimizer optimizer =
        (HeldOptimizer) plan.optimizer(new AdamW(0.9, 0.999, 1e-8, 0.1), losses.length);
    FlatLayout layout = adapter.layout();
    float[] initial = initial(plan, layout);
    try (Scope scope = SCOPE.child("steps");
        TrainingStep step =
            TrainingStep.compile(scope, parameters, loss, StepSettings.of(optimizer, CLIP));
        DirectionUpdate directions =
            new DirectionUpdate(scope, optimizer, layout, plan.directionLayers())) {
      TrainingState state = TrainingState.begin(scope, step, layout, initial);
      directions.begin(state, 0);
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      SmallNet.weights()
          .keySet()
          .forEach(w -> held.put(w, golden("base/" + w).on(scope, DType.F64)));
      try (TrainingRun run =
          step.bind(scope, state, layout, n -> Objects.requireNonNull(held.get(n), n))) {
        for (int i = 0; i < losses.length; i++) {
          double rate = RATE * optimizer.rule().rate(i, schedule::factor);
          TrainingRun.Outcome outcome =
              run.step(rate, batch(i).stream().map(t -> t.on(scope, DType.F64)).toList());
          assertEquals(losses[i], outcome.loss(), 1e-5 * losses[i], "loss of step " + i);
          assertEquals(norms[i], outcome.gradientNorm(), 1e-5 * norms[i], "norm of step " + i);
          Progress progress =
              new Progress(i + 1L, OptionalDouble.of(outcome.loss()), OptionalDouble.empty());
          boolean restarts = i % 6 == 5 && i < losses.length - 1;
          assertEquals(restarts, directions.apply(state, progress).isPresent(), "step " + i);
        }
      }
      double[] trained = HostTensor.of(state.weights()).doubles();
      requireSums(reset, adapter.factors(TrainedNet.floats(trained), initial, DType.F32));
    }
  }

  /** Of all directions, finished and later ones too, at factors that are not 0. */
  @ParameterizedTest
  @ValueSource(strings = {"relora", "rank-growth"})
  void gradientIsThatOfFiniteDifferences(String method) {
    AdapterPlan plan =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named(method, Map.of()))
            .targets(TargetLayers.of(TargetPreset.ALL))
            .rank(RANK, SCALE * RANK)
            .plan(SmallNet.sites());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F64)) {
      Shape whole = Shape.of(net.adapter().layout().length());
      double[] flat = SmallNet.values(whole, 5, 0.3).doubles();
      float[] initial = TrainedNet.floats(flat);
      double[] gradient = net.run(flat, initial, 0).gradient();
      for (int i = 0; i < flat.length; i += 11) {
        double[] above = flat.clone();
        double[] below = flat.clone();
        above[i] += 1e-5;
        below[i] -= 1e-5;
        double change = net.run(above, initial, 0).loss() - net.run(below, initial, 0).loss();
        assertEquals(change / 2e-5, gradient[i], 1e-7, "element " + i);
      }
    }
  }

  private static void requireSums(String reset, Map<String, List<Factors>> factors) {
    assertEquals(5, factors.size());
    factors.forEach((site, all) -> requireSum(reset, site, all.get(0)));
  }

  private static void requireSum(String reset, String site, Factors pair) {
    assertEquals(4 * RANK, pair.tensor("lora_down.weight").shape().size(0));
    double scale = Double.parseDouble(pair.settings().getOrDefault("alpha", "0")) / (4 * RANK);
    assertEquals(SCALE, scale);
    double[] down = pair.tensor("lora_down.weight").doubles();
    double[] up = pair.tensor("lora_up.weight").doubles();
    int row = down.length / (4 * RANK);
    int out = up.length / (4 * RANK);
    double[] found = new double[out * row];
    for (int i = 0; i < found.length; i++) {
      for (int r = 0; r < 4 * RANK; r++) {
        found[i] += scale * up[i / row * 4 * RANK + r] * down[r * row + i % row];
      }
    }
    double[] expected = golden(reset + "/sum/" + layer(site)).doubles();
    double error = TrainedNet.error(expected, found);
    assertTrue(error <= 1e-5, site + " " + error);
  }

  private static String layer(String site) {
    return site.substring(SmallNet.MODEL.length() + 1);
  }

  private static float[] initial(AdapterPlan plan, FlatLayout layout) {
    float[] flat = new float[(int) layout.length()];
    for (Site site : plan.sites().keySet()) {
      FlatLayout.Slot slot = layout.slot(site.name() + ".down").orElseThrow();
      float[] down = golden("start/" + layer(site.name())).floats();
      assertEquals(slot.parameter().shape().elements(), down.length);
      System.arraycopy(down, 0, flat, (int) slot.offset(), down.length);
    }
    return flat;
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
}
