package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is mixed, and what is refused, where mixers take the factors themselves. */
class FactorRequirementsTest {
  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("factors");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Adapter mixed(String mixer, long seed, MixPlan plan) {
    return new DeltaMixing(scope, Samples.SITES)
        .seed(seed)
        .mix("mixed", MixerRulesTest.mixer(mixer), plan)
        .adapter();
  }

  private static Adapter of(Samples samples, String name, int linear, int conv) {
    Factors first = samples.lora(Samples.LINEAR, linear, 3);
    Factors second = samples.lora(Samples.CONV, conv, 1);
    Map<String, List<Factors>> all =
        Map.of(Samples.LINEAR.name(), List.of(first), Samples.CONV.name(), List.of(second));
    return new Adapter(name, all, Map.of());
  }

  @Test
  void ranksMayDifferBetweenLayersAndStay() {
    Samples samples = new Samples(1);
    MixPlan plan = MixPlan.of(of(samples, "a", 2, 3), 0.7).with(of(samples, "b", 2, 3), -0.4);
    Adapter out = mixed("task-arithmetic:of=factors", 0, plan);
    assertEquals(
        2, out.at(Samples.LINEAR.name()).get(0).structure().shape("lora_down.weight").size(0));
    assertEquals(
        3, out.at(Samples.CONV.name()).get(0).structure().shape("lora_down.weight").size(0));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F16", "BF16"})
  void factorsOfAnyTypeAreMixed(DType type) {
    Samples samples = new Samples(7);
    Adapter ink = of(samples, "ink", 2, 3);
    Adapter glow = of(samples, "glow", 2, 3);
    Adapter other = in(type, glow);
    double[] expected = changes(ink, in(DType.F32, other));
    double[] found = changes(ink, other);
    assertArrayEquals(expected, found, 1e-6);
  }

  private static double[] changes(Adapter one, Adapter other) {
    Adapter out = mixed("task-arithmetic:of=factors", 0, MixPlan.of(one, 0.7).with(other, -0.4));
    return Samples.changes(out).get("unet.conv.weight");
  }

  /** The same numbers, as far as the type has them. */
  private static Adapter in(DType type, Adapter adapter) {
    Map<String, List<Factors>> all = new TreeMap<>();
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              Factors only = factors.get(0);
              Map<String, HostTensor> tensors = new TreeMap<>();
              only.tensors()
                  .forEach(
                      (role, t) -> tensors.put(role, HostTensor.of(type, t.shape(), t.doubles())));
              all.put(site, List.of(Factors.of(only.method(), tensors, only.settings())));
            });
    return new Adapter(adapter.name() + type, all, Map.of());
  }

  /** A layer that only one adapter changes has that one alone, as it is. */
  @Test
  void layerOfOneAdapterKeepsItsDelta() {
    Samples samples = new Samples(2);
    Adapter a = of(samples, "a", 2, 3);
    Adapter both = of(samples, "b", 2, 3);
    Adapter b = new Adapter("b", Map.of("unet.linear", both.at("unet.linear")), Map.of());
    Adapter out = mixed("task-arithmetic:of=factors", 0, MixPlan.of(a, 1).with(b, 1));
    double[] expected = Samples.changes(a).get("unet.conv.weight");
    double[] found = Samples.changes(out).get("unet.conv.weight");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dare-linear:of=factors", "dare-ties:of=factors"})
  void randomMixersDependOnTheSeed(String mixer) {
    Samples samples = new Samples(3);
    MixPlan plan = MixPlan.of(of(samples, "a", 4, 4), 0.7).with(of(samples, "b", 4, 4), 0.5);
    String first = mixed(mixer, 1, plan).identity();
    assertEquals(first, mixed(mixer, 1, plan).identity());
    assertNotEquals(first, mixed(mixer, 2, plan).identity());
  }

  @Test
  void otherRanksAreRefusedByName() {
    Samples samples = new Samples(4);
    MixPlan plan = MixPlan.of(of(samples, "ink", 2, 3), 1).with(of(samples, "glow", 4, 3), 1);
    refused(
        "ties:of=factors,trim=tensor",
        plan,
        "ink has rank 2, glow has rank 4 at unet.linear.weight");
    assertTrue(mixed("svd:scaling=twice", 0, plan).sites().containsKey("unet.linear"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"task-arithmetic:of=factors", "svd:scaling=twice"})
  void methodsOtherThanPlainLoraAreRefused(String mixer) {
    Samples samples = new Samples(5);
    Adapter whole = Samples.whole("glow", Samples.LINEAR, new float[12 * 9]);
    MixPlan plan = MixPlan.of(of(samples, "ink", 2, 3), 1).with(whole, 1);
    refused(mixer, plan, "glow has diff at unet.linear.weight");
    Adapter bias = new Samples(6).next("glow");
    refused(mixer, MixPlan.of(bias, 1), "glow has bias at unet.linear.bias");
    Factors two = samples.lora(Samples.LINEAR, 2, 1);
    Adapter doubled = new Adapter("glow", Map.of("unet.linear", List.of(two, two)), Map.of());
    refused(mixer, MixPlan.of(doubled, 1), "glow has 2 changes at unet.linear.weight");
  }

  private static void refused(String mixer, MixPlan plan, String part) {
    String said = assertThrows(AdapterException.class, () -> mixed(mixer, 0, plan)).getMessage();
    assertTrue(said.contains(part), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ties:of=factors",
        "magnitude-prune:of=factors,trim=model",
        "task-arithmetic:of=factors,normalise=true"
      })
  void settingsThatDoNotGoTogetherAreRefused(String mixer) {
    assertThrows(IllegalArgumentException.class, () -> MixerRulesTest.mixer(mixer));
  }
}
