package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
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
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training against PEFT and LyCORIS, from the same factors, on the same network and batches. */
class AdapterParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("parity");
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/adapters.safetensors"));
  private static final double RATE = 1e-2;

  /** Cases of linear layers alone: PEFT's OFT computes convolutions otherwise than it merges. */
  private static final Predicate<String> LINEAR = Pattern.compile("lora|oft.*").asMatchPredicate();

  /** What the references call our parts; others have the same name. */
  private static final Map<String, String> PARTS =
      Map.ofEntries(
          Map.entry("lora_A", "down"),
          Map.entry("lora_down", "down"),
          Map.entry("lora_mid", "mid"),
          Map.entry("lora_B", "up"),
          Map.entry("lora_up", "up"),
          Map.entry("lora_magnitude_vector", "magnitude"),
          Map.entry("dora_scale", "magnitude"),
          Map.entry("ia3_l", "scales"),
          Map.entry("gralora_A_general", "gralora_A_general.weight"),
          Map.entry("gralora_B_general", "gralora_B_general.weight"),
          Map.entry("weight", "scales"),
          Map.entry("hydra.lora_A", "lora_down.weight"),
          Map.entry("hydra.lora_B0", "lora_B0.weight"),
          Map.entry("hydra.lora_B1", "lora_B1.weight"),
          Map.entry("hydra.lora_B2", "lora_B2.weight"),
          Map.entry("hydra.lora_route", "lora_route.weight"),
          Map.entry("oft_R", "oft_R.weight"),
          Map.entry("shira_weight", "bias_values"));

  /**
   * A row of the table in the script of goldens.
   *
   * @param tolerance of factors after the steps in F64, relative; 0 if there are none
   */
  record Case(String name, AdapterRecipe recipe, double tolerance) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(String name, double tolerance, String method, String... options) {
    return of(name, 2, tolerance, method, options);
  }

  private static Case of(
      String name, int rank, double tolerance, String method, String... options) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      named.put(options[i], options[i + 1]);
    }
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named(method, named))
            .targets(TargetLayers.of(LINEAR.test(name) ? TargetPreset.LINEAR : TargetPreset.ALL))
            .rank(rank, 3)
            .rankStabilised(name.equals("rslora"));
    return new Case(name, recipe, tolerance);
  }

  static Stream<Case> cases() {
    return Stream.of(
        of("lora", 1e-12, "lora"),
        of("rslora", 0, "lora"),
        of("locon", 1e-12, "lora"),
        of("locon-lycoris", 0, "lora"),
        of("dora", 1e-12, "dora", "convention", "peft"),
        // LyCORIS adds the smallest step above 1 of the type to lengths: here always that of F32.
        of("dora-lycoris", 1e-6, "dora"),
        of("dora-lycoris-in", 0, "dora", "wd_on_out", "false"),
        of("loha", 0, "loha"),
        of("lokr", 0, "lokr", "factor", "2"),
        of("locon-tucker", 1e-12, "lora", "use_tucker", "true"),
        of("loha-tucker", 1e-12, "loha", "use_tucker", "true"),
        of("lokr-tucker", 1e-12, "lokr", "factor", "1", "use_tucker", "true"),
        of("ia3", 0, "ia3", "convention", "peft"),
        of("ia3-lycoris", 0, "ia3"),
        of("miss", 1e-12, "miss"),
        of("miss-shorter", 5, 1e-12, "miss"),
        of("miss-mini", 0, "miss", "mini_r", "2"),
        of("gralora", 1e-12, "gralora"),
        of("gralora-hybrid", 4, 0, "gralora", "hybrid_r", "3"),
        of("hira", 1e-12, "hira"),
        of("oft", 1e-12, "oft", "oft_block_size", "4"),
        of("oft-exact", 0, "oft", "oft_block_size", "4", "use_cayley_neumann", "false"),
        of("oft-shared", 0, "oft", "oft_block_size", "4", "block_share", "true"),
        of("boft", 1e-12, "boft", "boft_block_size", "2", "boft_n_butterfly_factor", "2"),
        of("shira", 1e-12, "shira", "random_seed", "7"),
        of("vera", 1e-12, "vera", "projection_prng_key", "3"),
        of("hydra", 1e-12, "hydra", "heads", "3"),
        of("diag-oft", 0, "diag-oft"),
        of("diag-oft-limited", 0, "diag-oft", "constraint", "0.1", "rescaled", "true"));
  }

  static Stream<Case> trained() {
    return cases().filter(c -> c.tolerance() > 0);
  }

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  @Test
  void everyGoldenCaseIsTested() {
    assertEquals(named("/loss"), names(cases()));
    assertEquals(named("/trained/"), names(trained()));
  }

  private static Set<String> named(String what) {
    return GOLDEN.tensors().keySet().stream()
        .filter(n -> n.contains(what))
        .map(n -> n.substring(0, n.indexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Stream<Case> cases) {
    return cases.map(Case::name).collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientsOfAStepInF32(Case at) {
    AdapterPlan plan = at.recipe().plan(SmallNet.sites());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F32, base(), Optional.empty())) {
      FlatLayout layout = net.adapter().layout();
      double[] start = flat(at, "start", layout);
      TrainedNet.Result result = net.run(start, TrainedNet.floats(start), 0, batch(0));
      double expected = golden(at.name() + "/f64").doubles()[0];
      assertEquals(expected, result.loss(), 1e-5 * expected);
      double[] gradient = flat(at, "gradient", layout);
      for (FlatLayout.Slot slot : layout.slots()) {
        assertTrue(distance(gradient, result.gradient(), slot) <= 1e-4, slot.parameter().name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("trained")
  void factorsMatchAfterTwentyAdamWSteps(Case at) {
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F64);
    StagedAdapter adapter = new StagedAdapter(parameters, at.recipe().plan(SmallNet.sites()));
    Expr x = graph.input("x", DType.F64, SmallNet.INPUT);
    Expr target = graph.input("target", DType.F64, batch(0).get(1).shape());
    Expr y = SmallNet.apply(graph, new FrozenWeights(DType.F64, ""), adapter, x);
    Expr loss = y.sub(target).pow(2).mean();
    StepSettings settings = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
    FlatLayout layout = adapter.layout();
    double[] start = flat(at, "start", layout);
    try (Scope scope = SCOPE.child("steps");
        TrainingStep step = TrainingStep.compile(scope, parameters, loss, settings)) {
      float[] initial = TrainedNet.floats(start);
      TrainingState state = TrainingState.begin(scope, step, layout, initial);
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      base().forEach((name, w) -> held.put(name, w.on(scope, DType.F64)));
      try (TrainingRun run =
          step.bind(scope, state, layout, name -> Objects.requireNonNull(held.get(name), name))) {
        for (int i = 0; i < golden("x").shape().size(0); i++) {
          run.step(RATE, batch(i).stream().map(t -> t.on(scope, DType.F64)).toList());
        }
      }
      double[] expected = flat(at, "trained", layout);
      double[] found = HostTensor.of(state.weights()).doubles();
      for (FlatLayout.Slot slot : layout.slots()) {
        double distance = distance(expected, found, slot);
        assertTrue(distance <= at.tolerance(), slot.parameter().name() + ": " + distance);
      }
    }
  }

  private static HostTensor golden(String name) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(name), name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name));
  }

  private static Map<String, HostTensor> base() {
    Map<String, HostTensor> base = new HashMap<>();
    SmallNet.weights().keySet().forEach(name -> base.put(name, golden("base/" + name)));
    return base;
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

  /** What a reference says of all factors, in the order of the buffer. */
  private static double[] flat(Case at, String kind, FlatLayout layout) {
    Map<String, double[]> parts = new HashMap<>();
    String prefix = at.name() + "/" + kind + "/";
    for (String name : GOLDEN.tensors().keySet()) {
      if (name.startsWith(prefix)) {
        String[] words = name.substring(prefix.length()).split("/", -1);
        String part = PARTS.getOrDefault(words[1], words[1]);
        parts.put("unet." + words[0] + "." + part, golden(name).doubles());
      }
    }
    assertEquals(
        layout.slots().stream().map(s -> s.parameter().name()).collect(Collectors.toSet()),
        parts.keySet());
    double[] flat = new double[(int) layout.length()];
    for (FlatLayout.Slot slot : layout.slots()) {
      double[] part = Objects.requireNonNull(parts.get(slot.parameter().name()));
      assertEquals(slot.parameter().shape().elements(), part.length, slot.parameter().name());
      System.arraycopy(part, 0, flat, (int) slot.offset(), part.length);
    }
    return flat;
  }

  /** Frobenius norm of the difference at one factor, by that of {@code expected}. */
  private static double distance(double[] expected, double[] found, FlatLayout.Slot slot) {
    double difference = 0;
    double norm = 0;
    int from = (int) slot.offset();
    for (int i = from; i < from + slot.parameter().shape().elements(); i++) {
      difference += (expected[i] - found[i]) * (expected[i] - found[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }
}
