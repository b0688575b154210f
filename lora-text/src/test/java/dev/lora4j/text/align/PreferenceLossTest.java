package dev.lora4j.text.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of pairs against TRL's own code, see {@code preference_pairs.py}. */
class PreferenceLossTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/preference-pairs.safetensors"));
  private static final String NUMBERS = "numbers/";

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private static double[] numbers(String key) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(NUMBERS + key), key);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(NUMBERS + key)).doubles();
  }

  private static Set<String> cases() {
    return GOLDEN.tensors().keySet().stream()
        .filter(key -> key.startsWith(NUMBERS) && key.endsWith("/loss"))
        .map(key -> key.substring(NUMBERS.length(), key.lastIndexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The objective of a case: losses, divergence and beta. */
  static PreferenceObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    String[] divergence = parts[1].split(":", -1);
    double alpha = divergence.length > 1 ? Double.parseDouble(divergence[1]) : 0.5;
    return new PreferenceObjective(
        Arrays.stream(parts[0].split("\\+", -1)).map(PreferenceLosses::weighted).toList(),
        ScoreDivergence.named(divergence[0], alpha),
        Double.parseDouble(parts[2]));
  }

  /** The mean loss and its gradient. */
  private static List<double[]> run(PreferenceObjective objective, double[] policy, double[] base) {
    try (Scope scope = LORA.engine().scope("test")) {
      Graph graph = new Graph();
      Shape pairs = Shape.of(2, Shape.UNKNOWN);
      Expr own = graph.input("policy", DType.F64, pairs).trainable();
      Expr before = graph.input("reference", DType.F64, pairs);
      Expr counts = graph.input("tokens", DType.F64, pairs);
      Optional<Expr> reference = objective.compares() ? Optional.of(before) : Optional.empty();
      List<CompletionScores> both = new ArrayList<>();
      for (int side = 0; side < 2; side++) {
        int number = side;
        both.add(
            new CompletionScores(
                own.select(0, number),
                reference.map(all -> all.select(0, number)),
                counts.select(0, number),
                own.select(0, number)));
      }
      PairScores scores = new PairScores(both.get(0), both.get(1), objective.divergence());
      Expr loss = objective.each(scores).mean();
      List<Expr> outputs = new ArrayList<>(List.of(loss.detach()));
      outputs.addAll(graph.gradients(loss, List.of(own)));
      Shape shape = Shape.of(2, policy.length / 2);
      return graph
          .training(scope, outputs)
          .run(
              scope,
              input(scope, shape, policy),
              input(scope, shape, base),
              input(scope, shape, numbers("tokens")))
          .stream()
          .map(t -> HostTensor.of(t).doubles())
          .toList();
    }
  }

  private static Tensor input(Scope scope, Shape shape, double[] values) {
    return HostTensor.of(DType.F64, shape, values).on(scope);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfTrl(String name) {
    List<double[]> found = run(objective(name), numbers("policy"), numbers("reference"));
    double tolerance = tolerance(name);
    double loss = numbers(name + "/loss")[0];
    assertEquals(loss, found.get(0)[0], tolerance * Math.abs(loss), name);
    double[] gradient = numbers(name + "/gradient");
    double greatest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < gradient.length; i++) {
      double allowed = Math.max(tolerance * Math.abs(gradient[i]), 1e-3 * tolerance * greatest);
      assertEquals(gradient[i], found.get(1)[i], allowed, name + " at " + i);
    }
  }

  /** TRL computes ORPO and the alpha divergence in F32, and logarithms of EXO's smoothing. */
  private static double tolerance(String name) {
    if (name.startsWith("orpo") || name.contains("alpha")) {
      return 1e-5;
    }
    return name.startsWith("exo") ? 1e-6 : 1e-12;
  }

  @Test
  void eachLossIsCompared() {
    Set<String> compared =
        cases().stream()
            .flatMap(name -> objective(name).losses().stream())
            .map(weighted -> weighted.loss().name())
            .collect(Collectors.toSet());
    assertEquals(
        PreferenceLosses.all().stream().map(PreferenceLoss::name).collect(Collectors.toSet()),
        compared);
  }

  /** At the first step the model is its own reference. */
  @Test
  void firstLossIsKnown() {
    double[] base = numbers("reference");
    double beta = PreferenceObjective.BETA;
    double[][] expected = {{Math.log(2)}, {1}, {1 / (4 * beta * beta)}, {2 * Math.log(2)}, {1}};
    List<String> names = List.of("sigmoid", "hinge", "ipo", "bco_pair", "apo_zero");
    for (int i = 0; i < names.size(); i++) {
      PreferenceObjective objective = objective(names.get(i) + "|reverse_kl|" + beta);
      assertEquals(expected[i][0], run(objective, base, base).get(0)[0], 1e-9, names.get(i));
    }
  }

  /** The identity of a checkpoint changes with a setting, and not by its default. */
  @Test
  void identityHasWhatIsSaid() {
    PreferenceObjective plain = PreferenceObjective.of(PreferenceLosses.weighted("sigmoid").loss());
    assertEquals(plain.canonical(), plain.tail(1).weighting(PairWeighting.NONE).canonical());
    assertNotEquals(plain.canonical(), plain.tail(0.5).canonical());
    assertNotEquals(plain.canonical(), plain.weighting(PairWeighting.WPO).canonical());
  }

  @Test
  void wrongSettingsAreNamed() {
    assertTold("smoothing", () -> PreferenceLosses.weighted("robust:smoothing=0.5"));
    assertTold("smoothing", () -> PreferenceLosses.weighted("exo_pair:smoothing=0"));
    assertTold("weight of the loss sigmoid", () -> PreferenceLosses.weighted("sigmoid:weight=0"));
    assertTold("must be a number above 0", () -> PreferenceLosses.weighted("sigmoid:weight=much"));
    assertTold("sigmoid", () -> PreferenceLosses.weighted("sigmoids"));
    assertTold("twice", () -> objective("sigmoid+sigmoid|reverse_kl|0.1"));
    assertTold("beta", () -> objective("sigmoid|reverse_kl|0"));
    assertTold("reverse KL alone", () -> objective("nca_pair|forward_kl|0.1"));
    PreferenceObjective aot = objective("aot|reverse_kl|0.1");
    assertTold("aot mixes the pairs", () -> aot.weighting(PairWeighting.WPO));
    assertTold(
        "sft mixes", () -> objective("sigmoid+sft|reverse_kl|1").weighting(PairWeighting.WPO));
    assertTold("count at 0 to 1, found 1.5", () -> aot.tail(1.5));
    assertTold("js_divergence", () -> objective("sigmoid|kl|0.1"));
  }

  private static void assertTold(String words, Runnable wrong) {
    String told = String.valueOf(assertThrows(RuntimeException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
