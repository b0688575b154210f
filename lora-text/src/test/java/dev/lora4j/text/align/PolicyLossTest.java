package dev.lora4j.text.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.lora4j.spi.InstalledContract;
import dev.lora4j.text.generate.SamplingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of rewarded completions and advantages against TRL's code: {@code policy_rollouts.py}. */
class PolicyLossTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/policy-rollouts.safetensors"));
  private static final String NUMBERS = "numbers/";
  private static final int GREATEST = 9;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private static double[] golden(String key) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(key), key);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(key)).doubles();
  }

  private static double[] numbers(String key) {
    return golden(NUMBERS + key);
  }

  private static Set<String> cases() {
    return GOLDEN.tensors().keySet().stream()
        .filter(key -> key.startsWith(NUMBERS) && key.endsWith("/loss"))
        .map(key -> key.substring(NUMBERS.length(), key.lastIndexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The objective of a case: loss, level, beta, whether the distance is corrected. */
  static PolicyObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    return new PolicyObjective(
        PolicyLosses.named(parts[0]),
        ImportanceLevel.valueOf(parts[1].toUpperCase(Locale.ROOT)),
        Double.parseDouble(parts[2]),
        Boolean.parseBoolean(parts[3].toLowerCase(Locale.ROOT)));
  }

  /** Loss, gradient of each token that counts, and measures. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Found(double loss, double[] gradient, Map<String, Double> measures) {}

  /** The tokens that count of a table [6, 7]. */
  private static double[] counted(double[] table) {
    double[] tokens = numbers("tokens");
    double[] all = new double[(int) Arrays.stream(tokens).sum()];
    int at = 0;
    for (int row = 0; row < tokens.length; row++) {
      for (int i = 0; i < tokens[row]; i++) {
        all[at++] = table[row * (table.length / tokens.length) + i];
      }
    }
    return all;
  }

  private static Found run(PolicyObjective objective) {
    double[] tokens = numbers("tokens");
    long[] rows = new long[(int) Arrays.stream(tokens).sum()];
    int at = 0;
    for (int row = 0; row < tokens.length; row++) {
      for (int i = 0; i < tokens[row]; i++) {
        rows[at++] = row;
      }
    }
    try (Scope scope = LORA.engine().scope("test")) {
      Graph graph = new Graph();
      Shape any = Shape.of(Shape.UNKNOWN);
      Expr own = graph.input("policy", DType.F64, any).trainable();
      Expr before = graph.input("before", DType.F64, any);
      Expr reference = graph.input("reference", DType.F64, any);
      Expr places = graph.input("rows", DType.I64, any);
      Expr counts = graph.input("counts", DType.F64, any);
      Expr advantages = graph.input("advantages", DType.F64, any);
      PolicyScores scores =
          new PolicyScores(
              own,
              before,
              Optional.of(reference),
              advantages,
              Optional.empty(),
              places,
              counts,
              objective.level());
      PolicyObjective.Staged staged = objective.staged(scores, before);
      TokenWeighting weighting = objective.loss().weighting();
      int parts = weighting.count(tokens.length, rows.length);
      Expr loss = weighting.parts(staged.each(), scores, GREATEST).sum().div(parts);
      List<Expr> outputs = new ArrayList<>(List.of(loss.detach()));
      outputs.addAll(graph.gradients(loss, List.of(own)));
      outputs.addAll(staged.measures().values());
      List<double[]> found =
          graph
              .training(scope, outputs)
              .run(
                  scope,
                  input(scope, counted(numbers("policy"))),
                  input(scope, counted(numbers("before"))),
                  input(scope, counted(numbers("reference"))),
                  Tensor.ofLongs(scope, Shape.of(rows.length), rows),
                  input(scope, tokens),
                  input(scope, numbers("advantages")))
              .stream()
              .map(t -> HostTensor.of(t).doubles())
              .toList();
      Map<String, Double> measures = new LinkedHashMap<>();
      int next = 2;
      for (String name : staged.measures().keySet()) {
        measures.put(name, found.get(next++)[0]);
      }
      return new Found(found.get(0)[0], found.get(1), measures);
    }
  }

  private static Tensor input(Scope scope, double[] values) {
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfTrl(String name) {
    Found found = run(objective(name));
    // TRL has the temperatures of SAPO in F32.
    double tolerance = name.startsWith("sapo") ? 1e-7 : 1e-12;
    double loss = numbers(name + "/loss")[0] + empty(name);
    assertEquals(loss, found.loss, tolerance * Math.max(1, Math.abs(loss)));
    double[] table = numbers(name + "/gradient");
    double greatest = Arrays.stream(table).map(Math::abs).max().orElseThrow();
    assertArrayEquals(counted(table), found.gradient, tolerance * greatest);
    int compared = 0;
    for (Map.Entry<String, Double> told : found.measures.entrySet()) {
      String key = name + "/" + told.getKey();
      if (GOLDEN.tensors().containsKey(NUMBERS + key)) {
        assertEquals(numbers(key)[0], told.getValue(), 1e-7, key);
        compared++;
      }
    }
    // Completions without a token give TRL's means of sapo and vespo no number.
    assertTrue(compared > 0 || !name.startsWith("grpo"), name);
  }

  /** RLOO of TRL counts the advantage of a completion without a token, which has no gradient. */
  private static double empty(String name) {
    double[] advantages = numbers("advantages");
    return name.startsWith("rloo") ? advantages[4] / advantages.length : 0;
  }

  @Test
  void eachLossIsCompared() {
    Set<String> compared =
        cases().stream().map(n -> objective(n).loss().name()).collect(Collectors.toSet());
    compared.add("ppo"); // by ValueLossTest
    assertEquals(
        PolicyLosses.all().stream().map(PolicyLoss::name).collect(Collectors.toSet()), compared);
  }

  @Test
  void lossesKeepTheContractOfExtensions() {
    InstalledContract.check(PolicyLoss.class);
  }

  private static Advantages advantages(String name) {
    return switch (name) {
      case "each" -> new Advantages.EachNormalised();
      case "rloo" -> new Advantages.LeaveOneOut(false);
      case "rloo_normalised" -> new Advantages.LeaveOneOut(true);
      default ->
          new Advantages.GroupRelative(Advantages.Scale.valueOf(name.toUpperCase(Locale.ROOT)));
    };
  }

  @ParameterizedTest
  @CsvSource({"group", "batch", "none", "each", "rloo", "rloo_normalised"})
  void advantagesAreThoseOfTrl(String name) {
    double[] given = golden("advantages/rewards");
    int half = given.length / 2;
    double[][] each = {Arrays.copyOf(given, half), Arrays.copyOfRange(given, half, given.length)};
    Advantages by = advantages(name);
    double[] combined = by.combined(each, golden("advantages/weights"), 4);
    assertTrue(Double.isNaN(combined[3]), "nothing was given there");
    // TRL divides counts in F32.
    assertArrayEquals(golden("advantages/" + name), by.of(combined, 4), 1e-7);
  }

  /** A group in which all have the same reward teaches nothing. */
  @Test
  void groupsWithoutSpreadHaveNoAdvantage() {
    double[] same = {1, 1, 1, 1};
    for (String name : List.of("group", "batch", "none", "each", "rloo")) {
      assertArrayEquals(new double[4], advantages(name).of(same, 4), 1e-12, name);
    }
    assertArrayEquals(
        new double[3], advantages("group").of(new double[] {Double.NaN, 2, Double.NaN}, 3), 0);
  }

  @Test
  void wrongSettingsAreNamed() {
    assertTold("epsilon", () -> PolicyLosses.named("dapo:epsilon=0"));
    assertTold("delta", () -> PolicyLosses.named("grpo:delta=1.1"));
    assertTold("dapo", () -> PolicyLosses.named("dappo"));
    PolicyObjective dapo = PolicyObjective.of(PolicyLosses.named("dapo"));
    assertTold("beta", () -> new PolicyObjective(dapo.loss(), dapo.level(), -1, true));
    assertTold("coefficient of the entropy", () -> new EntropyUse(Double.NaN, 1));
    assertTold("from 0 to 1, found 1.5", () -> new EntropyUse(0, 1.5));
    assertTold("at least 2", () -> settings(dapo, 1, 1, 1));
    assertTold("at least 1 token", () -> settings(dapo, 2, 0, 1));
    assertTold("at least 1 step", () -> settings(dapo, 2, 1, 0));
    assertTold(
        "temperature",
        () ->
            new PolicySettings(
                dapo, advantages("group"), 0, 2, 8, SamplingSettings.GREEDY, 1, false));
  }

  private static PolicySettings settings(PolicyObjective of, int group, int most, int iterations) {
    return new PolicySettings(
        of, advantages("group"), 0, group, most, SamplingSettings.at(1), iterations, false);
  }

  private static void assertTold(String words, Runnable wrong) {
    String told = String.valueOf(assertThrows(RuntimeException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
