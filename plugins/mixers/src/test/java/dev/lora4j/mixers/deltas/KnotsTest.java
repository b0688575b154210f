package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.ExtensionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KnOTS beside the numbers of {@code golden/knots.py}, and what has to hold of it. */
class KnotsTest {
  private static final Map<String, HostTensor> GOLDEN = GoldenFile.read("knots");
  private static final List<String> LAYERS = List.of("square", "wide", "tall");
  private static final int ADAPTERS = 3;

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("knots");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Adapter mixed(String mixer, Map<String, Site> sites, MixPlan plan) {
    return new DeltaMixing(scope, sites)
        .uncut()
        .mix("mixed", MixerRulesTest.mixer(mixer), plan)
        .adapter();
  }

  private static HostTensor golden(String layer, String factor, int adapter) {
    return GOLDEN.get(layer + "/" + factor + "/" + adapter);
  }

  private static Site site(String layer) {
    Shape uniform = GOLDEN.get(layer + "/uniform").shape();
    return Site.linear(layer, Shape.of(uniform.size(1), uniform.size(2)), false);
  }

  private static Map<String, Site> sites() {
    return Samples.byName(LAYERS.stream().map(KnotsTest::site).toArray(Site[]::new));
  }

  private static Factors lora(String layer, int adapter, double times) {
    HostTensor down = golden(layer, "down", adapter);
    double rank = (double) down.shape().size(0);
    return LoraMath.factors(down, golden(layer, "up", adapter), rank * times);
  }

  /** The adapters of the file, some of them as whole changes. */
  private static MixPlan plan(int wholes) {
    return plan(wholes, 1);
  }

  /** The same with all changes multiplied. */
  private static MixPlan plan(int wholes, double times) {
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < ADAPTERS; i++) {
      Map<String, List<Factors>> all = new LinkedHashMap<>();
      for (String layer : LAYERS) {
        Factors lora = lora(layer, i, times);
        all.put(layer, List.of(i < wholes ? whole(site(layer), lora) : lora));
      }
      plan = plan.with(new Adapter("a" + i, all, Map.of()), 1);
    }
    return plan;
  }

  private static Factors whole(Site site, Factors lora) {
    Adapter one = new Adapter("one", Map.of(site.name(), List.of(lora)), Map.of());
    double[] change = Samples.changes(one).get(site.name() + ".weight");
    return FullDelta.factors(
        site, LayerParameter.WEIGHT, HostTensor.of(DType.F32, site.weight(), change));
  }

  private static Stream<String> mixers() {
    return GOLDEN.keySet().stream()
        .filter(name -> name.startsWith("knots") && name.endsWith("/square"))
        .map(name -> name.substring(0, name.indexOf('/')));
  }

  @ParameterizedTest
  @MethodSource("mixers")
  void mixturesAreThoseOfTheProgram(String mixer) {
    if (mixer.contains("dare")) {
      for (String layer : LAYERS) {
        double[] expected = GOLDEN.get(mixer + "/" + layer).doubles();
        assertArrayEquals(expected, drawn(mixer, layer), 2e-5, layer);
      }
      return;
    }
    // As factors, as whole changes, and as some of each: the decompositions are others.
    for (int wholes : new int[] {0, 1, ADAPTERS}) {
      Map<String, double[]> found = Samples.changes(mixed(mixer, sites(), plan(wholes)));
      for (String layer : LAYERS) {
        double[] expected = GOLDEN.get(mixer + "/" + layer).doubles();
        assertArrayEquals(expected, found.get(layer + ".weight"), 2e-5, layer + " " + wholes);
      }
    }
  }

  /** Stages what the mixer does at one layer, with the draws of the file. */
  private static double[] drawn(String mixer, String layer) {
    Graph graph = new Graph();
    HostTensor uniform = GOLDEN.get(layer + "/uniform");
    Expr draws = graph.input("uniform", DType.F32, uniform.shape());
    List<Tensor> values = new ArrayList<>(List.of(uniform.on(scope)));
    Expr one = graph.constant(1, DType.F32);
    List<SiteDelta> parts = new ArrayList<>();
    for (int i = 0; i < ADAPTERS; i++) {
      int part = i;
      HostTensor down = golden(layer, "down", i);
      HostTensor up = golden(layer, "up", i);
      LowRank pair =
          new LowRank(
              graph.input("down" + i, DType.F32, down.shape()),
              graph.input("up" + i, DType.F32, up.shape()));
      values.add(down.on(scope));
      values.add(up.on(scope));
      Expr delta = pair.up().matmul(pair.down());
      parts.add(SiteDelta.of(i, delta, one, () -> draws.select(0, part)).with(pair));
    }
    Expr none = one.reshape(1);
    MixedDelta change = MixerRulesTest.mixer(mixer).mix(SiteDeltas.of(none, parts, none));
    LowRank product = ((MixedDelta.Product) change).factors();
    try (Scope work = scope.child("case")) {
      Expr out = product.up().matmul(product.down());
      return HostTensor.of(graph.inference(work, List.of(out)).run(work, values).get(0)).doubles();
    }
  }

  /** No layer is lost because its changes are small. */
  @Test
  void smallChangesAreMixedAsLargeOnes() {
    String mixer = mixers().filter(name -> !name.contains("dare")).findFirst().orElseThrow();
    double times = Math.scalb(1.0, -24);
    Map<String, double[]> large = Samples.changes(mixed(mixer, sites(), plan(0)));
    Map<String, double[]> small = Samples.changes(mixed(mixer, sites(), plan(0, times)));
    large.forEach(
        (parameter, values) -> {
          double[] found = small.get(parameter);
          for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], found[i] / times, 2e-5, parameter);
          }
        });
  }

  /** Another basis loses nothing, and a mean of all numbers is linear. */
  @Test
  void meanOfAllNumbersIsTheWeightedMean() {
    Samples samples = new Samples(3);
    MixPlan plan = MixPlan.of(samples.next("a"), 0.7).with(samples.next("b"), -0.4);
    MixPlan half =
        MixPlan.of(plan.parts().get(0).adapter(), 0.35).with(plan.parts().get(1).adapter(), -0.2);
    Adapter mean = mixed("knots:rule=mean,density=1", Samples.SITES, plan);
    assertTrue(Samples.apart(mixed("linear", Samples.SITES, half), mean) < 1e-5);
  }

  @ParameterizedTest
  @CsvSource({"knots:density=0.3,ties:density=0.3", "knots:rule=dare_ties,dare-ties:density=0.2"})
  void biasesAndNormsAreMixedAsTheyAre(String mixer, String plain) {
    MixPlan plan = MixPlan.NONE;
    Samples samples = new Samples(5);
    for (double weight : new double[] {0.7, -0.4, 1}) {
      Factors norm = samples.next("a").at(Samples.NORM.name()).get(0);
      plan = plan.with(new Adapter("a" + weight, only(norm), Map.of()), weight);
    }
    Adapter expected = mixed(plain, Samples.SITES, plan);
    assertEquals(0, Samples.apart(expected, mixed(mixer, Samples.SITES, plan)));
  }

  private static Map<String, List<Factors>> only(Factors norm) {
    return Map.of(Samples.NORM.name(), List.of(norm));
  }

  /** An adapter beside itself has no more directions, so that no more of its numbers are kept. */
  @Test
  void directionsThatAreNoneDoNotCount() {
    Adapter a = new Samples(6).next("a");
    String mixer = "knots:density=0.3";
    Adapter once = mixed(mixer, Samples.SITES, MixPlan.of(a, 1));
    Adapter twice = mixed(mixer, Samples.SITES, MixPlan.of(a, 1).with(a, 1));
    assertTrue(Samples.apart(once, twice) < 1e-5);
    assertTrue(Samples.apart(a, once) > 0.1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"knots", "knots:rule=dare_ties", "knots:rule=mean"})
  void productsOfFactorsStayProducts(String mixer) {
    Samples samples = new Samples(7);
    Map<String, List<Factors>> first =
        Map.of(Samples.CONV.name(), List.of(samples.lora(Samples.CONV, 2, 3)));
    Map<String, List<Factors>> second =
        Map.of(Samples.CONV.name(), List.of(samples.lora(Samples.CONV, 3, 3)));
    MixPlan plan =
        MixPlan.of(new Adapter("a", first, Map.of()), 1)
            .with(new Adapter("b", second, Map.of()), 0.5);
    Factors out = mixed(mixer, Samples.SITES, plan).at(Samples.CONV.name()).get(0);
    assertEquals(LoraMethod.NAME, out.method());
    assertEquals(5, out.tensor(LoraMethod.DOWN).shape().size(0));
  }

  /** A small change is one; a mixture of nothing is refused. */
  @Test
  void nothingIsRefusedAndLittleIsKept() {
    float[] little = new float[12 * 9];
    Adapter nothing = Samples.whole("nothing", Samples.LINEAR, little);
    AdapterException e =
        assertThrows(
            AdapterException.class,
            () -> mixed("knots:density=1", Samples.SITES, MixPlan.of(nothing, 1)));
    assertTrue(e.getMessage().contains("0 everywhere"), e.getMessage());
    for (float size : new float[] {9e-6f, 2e-5f}) {
      little[0] = size;
      Adapter one = Samples.whole("one", Samples.LINEAR, little);
      Adapter kept = mixed("knots:density=1", Samples.SITES, MixPlan.of(one, 1));
      assertTrue(Samples.apart(one, kept) < 1e-9);
      assertEquals(size, Samples.changes(kept).get(Samples.LINEAR.name() + ".weight")[0], 1e-9);
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    ExtensionException e =
        assertThrows(ExtensionException.class, () -> MixerRulesTest.mixer("knots:density=0"));
    assertEquals(
        "knots: density takes a number above 0 and of at most 1, found '0'.", e.getMessage());
    assertThrows(ExtensionException.class, () -> MixerRulesTest.mixer("knots:rule=slerp"));
    assertThrows(
        IllegalArgumentException.class, () -> new KnotsMixer(AlignedRule.TIES, Double.NaN, 1));
  }
}
