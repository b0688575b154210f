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
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.InstalledContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of single completions against TRL's own code, see {@code judged_completions.py}. */
class UnpairedLossTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/judged-completions.safetensors"));
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

  /** The objective of a case: loss and beta. */
  static UnpairedObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    return UnpairedObjective.named(parts[0], Double.parseDouble(parts[1]));
  }

  /** The mean loss and its gradient. */
  private static List<double[]> run(
      UnpairedObjective objective, double[] policy, double[] before, double distance) {
    try (Scope scope = LORA.engine().scope("test")) {
      Graph graph = new Graph();
      Shape any = Shape.of(Shape.UNKNOWN);
      Expr own = graph.input("policy", DType.F64, any).trainable();
      Expr reference = graph.input("reference", DType.F64, any);
      Expr good = graph.input("good", DType.F64, any);
      Expr far = graph.input("distance", DType.F64, Shape.of());
      Expr loss = objective.loss().each(own.sub(reference), good, far, objective.beta()).mean();
      List<Expr> outputs = new ArrayList<>(List.of(loss.detach()));
      outputs.addAll(graph.gradients(loss, List.of(own)));
      return graph
          .training(scope, outputs)
          .run(
              scope,
              input(scope, policy),
              input(scope, before),
              input(scope, numbers("good")),
              HostTensor.of(DType.F64, Shape.of(), new double[] {distance}).on(scope))
          .stream()
          .map(t -> HostTensor.of(t).doubles())
          .toList();
    }
  }

  private static Tensor input(Scope scope, double[] values) {
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfTrl(String name) {
    double distance = numbers(name + "/kl")[0];
    List<double[]> found = run(objective(name), numbers("policy"), numbers("reference"), distance);
    assertEquals(numbers(name + "/loss")[0], found.get(0)[0], 1e-12);
    assertArrayEquals(numbers(name + "/gradient"), found.get(1), 1e-13);
    assertEquals(objective(name).loss().mismatches(), distance > 0, name);
  }

  @Test
  void eachLossIsCompared() {
    Set<String> compared =
        cases().stream().map(n -> objective(n).loss().name()).collect(Collectors.toSet());
    assertEquals(Extensions.installed().shared(UnpairedLoss.class).keySet(), compared);
  }

  @Test
  void lossesKeepTheContractOfExtensions() {
    InstalledContract.check(UnpairedLoss.class);
  }

  /** At the first step the model is its own reference. */
  @Test
  void firstLossIsOneHalf() {
    double[] base = numbers("reference");
    for (String name : List.of("kto|0.1", "apo_zero_unpaired|0.4")) {
      assertEquals(0.5, run(objective(name), base, base, 0).get(0)[0], 1e-12, name);
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    for (String wrong :
        Arrays.asList("kto:desirable_weight=0|0.1", "kto:desirable|0.1", "ktoo|0.1", "kto|0")) {
      String told =
          String.valueOf(assertThrows(RuntimeException.class, () -> objective(wrong)).getMessage());
      assertTrue(told.contains("desirable") || told.contains("kto") || told.contains("beta"), told);
    }
  }
}
