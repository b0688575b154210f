package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What mergekit and PEFT make of the same changes and the same draws, see {@code golden/}. */
class GoldenMixturesTest {
  private static final double CLOSE = 5e-6;

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("golden");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @TestFactory
  Stream<DynamicTest> mixturesAreThoseOfMergekitAndPeft() {
    return Stream.of("mergekit", "peft").flatMap(GoldenMixturesTest::cases);
  }

  private static Stream<DynamicTest> cases(String file) {
    Map<String, HostTensor> all = GoldenFile.read(file);
    return all.keySet().stream()
        .filter(name -> name.contains("/") && !name.startsWith("weight/"))
        .map(name -> DynamicTest.dynamicTest(file + " " + name, () -> compare(all, name)));
  }

  private static void compare(Map<String, HostTensor> all, String name) {
    String which = name.substring(0, name.indexOf('/'));
    HostTensor weights = all.get("weight/" + which);
    double[] ours = mixed(name.substring(which.length() + 1), all, weights);
    assertArrayEquals(all.get(name).doubles(), ours, CLOSE);
  }

  /** Stages what the mixer does at one parameter, with the draws of the file. */
  private static double[] mixed(String mixer, Map<String, HostTensor> all, HostTensor weights) {
    Graph graph = new Graph();
    List<String> given =
        Stream.of("delta", "uniform", "down", "up").filter(all::containsKey).toList();
    Map<String, Expr> inputs = new TreeMap<>();
    List<Tensor> values = new ArrayList<>();
    for (String name : given) {
      inputs.put(name, graph.input(name, DType.F32, all.get(name).shape()));
      values.add(all.get(name).on(scope));
    }
    Expr weight = graph.input("weight", DType.F32, weights.shape());
    values.add(weights.on(scope));
    int count = (int) weights.shape().elements();
    List<SiteDelta> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int part = i;
      Optional<LowRank> factors =
          given.contains("down")
              ? Optional.of(
                  new LowRank(inputs.get("down").select(0, i), inputs.get("up").select(0, i)))
              : Optional.empty();
      SiteDelta change =
          SiteDelta.of(
              i,
              inputs.get("delta").select(0, i),
              weight.select(0, i),
              () -> inputs.get("uniform").select(0, part));
      parts.add(factors.map(change::with).orElse(change));
    }
    MixedDelta change = MixerRulesTest.mixer(mixer).mix(SiteDeltas.of(weight, parts, weight));
    Expr result =
        change instanceof MixedDelta.Product product
            ? product.factors().up().matmul(product.factors().down())
            : ((MixedDelta.Dense) change).delta();
    try (Scope work = scope.child("case")) {
      Tensor out = graph.inference(work, List.of(result)).run(work, values).get(0);
      return HostTensor.of(out).doubles();
    }
  }
}
