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
import dev.lora4j.text.generate.SamplingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of PPO with a value head against TRL's code: {@code value_rollouts.py}. */
class ValueLossTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/value-rollouts.safetensors"));
  private static final String LOSS = "numbers/loss/";
  private static final String POLICY = "/policy";
  private static final String KNOWN = "numbers/estimate/0.97|0.8|0.3/";

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private static double[] golden(String key) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(key), key);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(key)).doubles();
  }

  private static Set<String> cases() {
    return GOLDEN.tensors().keySet().stream()
        .filter(key -> key.startsWith(LOSS) && key.endsWith(POLICY))
        .map(key -> key.substring(LOSS.length(), key.length() - POLICY.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The tokens that count of a table [5, 7]. */
  private static double[] counted(double[] table) {
    double[] tokens = golden("numbers/tokens");
    List<Double> all = new ArrayList<>();
    for (int row = 0; row < tokens.length; row++) {
      for (int i = 0; i < tokens[row]; i++) {
        all.add(table[row * (table.length / tokens.length) + i]);
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Loss of each part, gradients of the tokens that count, and measures. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Found(
      double policy,
      double value,
      double[] ofPolicy,
      double[] ofValues,
      Map<String, Double> measures) {}

  private static Found run(Ratios of) {
    double[] tokens = golden("numbers/tokens");
    long[] rows = new long[(int) Arrays.stream(tokens).sum()];
    int at = 0;
    for (int row = 0; row < tokens.length; row++) {
      Arrays.fill(rows, at, at += (int) tokens[row], row);
    }
    try (Scope scope = LORA.engine().scope("test")) {
      Graph graph = new Graph();
      Shape any = Shape.of(Shape.UNKNOWN);
      Expr own = graph.input("policy", DType.F64, any).trainable();
      Expr said = graph.input("said", DType.F64, any).trainable();
      Expr before = graph.input("before", DType.F64, any);
      Expr expected = graph.input("values", DType.F64, any);
      Expr gains = graph.input("gains", DType.F64, any);
      Expr returns = graph.input("returns", DType.F64, any);
      Expr places = graph.input("rows", DType.I64, any);
      Expr counts = graph.input("counts", DType.F64, any);
      PolicyScores scores =
          new PolicyScores(
              own,
              before,
              Optional.empty(),
              counts.mul(Double.NaN), // tokens have advantages of their own
              Optional.of(gains),
              places,
              counts,
              ImportanceLevel.TOKEN);
      PolicyObjective objective = PolicyObjective.of(of.policy);
      PolicyObjective.Staged staged = objective.staged(scores, before);
      Expr policy = of.policy.weighting().parts(staged.each(), scores, 9).mean();
      Expr value = of.values.each(said, expected, returns).mean();
      Expr total = policy.add(value.mul(of.values.coefficient()));
      List<Expr> outputs = new ArrayList<>(List.of(policy.detach(), value.detach()));
      outputs.addAll(graph.gradients(total, List.of(own, said)));
      outputs.add(scores.mean(of.values.clipped(said.detach(), expected, returns)));
      outputs.addAll(staged.measures().values());
      List<double[]> found =
          graph
              .training(scope, outputs)
              .run(
                  scope,
                  input(scope, counted(golden("numbers/policy"))),
                  input(scope, counted(golden("numbers/said"))),
                  input(scope, counted(golden("numbers/before"))),
                  input(scope, counted(golden("numbers/values"))),
                  input(scope, counted(golden(KNOWN + "advantages"))),
                  input(scope, counted(golden(KNOWN + "returns"))),
                  Tensor.ofLongs(scope, Shape.of(rows.length), rows),
                  input(scope, tokens))
              .stream()
              .map(t -> HostTensor.of(t).doubles())
              .toList();
      Map<String, Double> measures = new LinkedHashMap<>();
      measures.put("val/clipfrac_avg", found.get(4)[0]);
      int next = 5;
      for (String name : staged.measures().keySet()) {
        measures.put(name, found.get(next++)[0]);
      }
      return new Found(found.get(0)[0], found.get(1)[0], found.get(2), found.get(3), measures);
    }
  }

  private static Tensor input(Scope scope, double[] values) {
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }

  /** The settings of a case. */
  private record Ratios(PolicyLoss policy, ValueObjective values) {
    static Ratios of(String name) {
      String[] parts = name.split("\\|", -1);
      return new Ratios(
          PolicyLosses.named("ppo:epsilon=" + parts[0]),
          new ValueObjective(1, 1, Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientsAreThoseOfTrl(String name) {
    Ratios of = Ratios.of(name);
    Found found = run(of);
    assertEquals(golden(LOSS + name + POLICY)[0], found.policy, 1e-12);
    double value = golden(LOSS + name + "/value")[0];
    assertEquals(value, found.value, 1e-12);
    assertEquals(
        golden(LOSS + name + "/total")[0],
        found.policy + of.values.coefficient() * found.value,
        1e-12);
    assertArrayEquals(counted(golden(LOSS + name + "/of_policy")), found.ofPolicy, 1e-12);
    assertArrayEquals(counted(golden(LOSS + name + "/of_said")), found.ofValues, 1e-12);
    assertEquals(4, found.measures.size());
    found.measures.forEach(
        (key, number) -> assertEquals(golden(LOSS + name + "/" + key)[0], number, 1e-7, key));
  }

  /** A value without a bound is as far away as it is. */
  @Test
  void infiniteClipIsNone() {
    PolicyLoss policy = PolicyLosses.named("ppo");
    double far = run(new Ratios(policy, new ValueObjective(1, 1, 1e9, 1))).value;
    Found free = run(new Ratios(policy, new ValueObjective(1, 1, Double.POSITIVE_INFINITY, 1)));
    assertEquals(far, free.value, 1e-12);
    assertEquals(0, free.measures.get("val/clipfrac_avg"));
  }

  @Test
  void wrongSettingsAreNamed() {
    assertTold("gamma must be from 0 to 1", () -> new ValueObjective(1.1, 1, 1, 1));
    assertTold("lambda must be from 0 to 1", () -> new ValueObjective(1, Double.NaN, 1, 1));
    assertTold("above 0 from what they were", () -> new ValueObjective(1, 1, 0, 1));
    assertTold("0 or above, found -1", () -> new ValueObjective(1, 1, 1, -1));
    assertTold("epsilon", () -> PolicyLosses.named("ppo:epsilon=1.5"));
    PolicyObjective ppo = PolicyObjective.of(PolicyLosses.named("ppo"));
    assertTold("at least 1 completion", () -> settings(ppo, 0));
    assertTold(
        "a beta of 0.1",
        () -> settings(new PolicyObjective(ppo.loss(), ImportanceLevel.TOKEN, 0.1, true), 1));
    assertTold(
        "ratios of a sequence",
        () -> settings(new PolicyObjective(ppo.loss(), ImportanceLevel.SEQUENCE, 0, true), 1));
    assertTold(
        "no head",
        () ->
            new PolicySettings(
                ppo, new Advantages.Uncompared(), 0, 2, 8, SamplingSettings.at(1), 1, false));
    assertTrue(settings(ppo, 1).canonical().contains("lambda=0.95"), settings(ppo, 1).canonical());
  }

  private static PolicySettings settings(PolicyObjective objective, int group) {
    return PolicySettings.valued(
        objective, ValueObjective.DEFAULT, 0.1, group, 8, SamplingSettings.at(1), 4, false);
  }

  private static void assertTold(String words, Runnable wrong) {
    String told = String.valueOf(assertThrows(RuntimeException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
