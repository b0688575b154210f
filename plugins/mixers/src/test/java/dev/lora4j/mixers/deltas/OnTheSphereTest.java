package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.ExtensionException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Mixers that go by lengths and angles: slerp, karcher and model-stock. */
class OnTheSphereTest {
  private static final Site ROW = Site.linear("unet.row", Shape.of(1, 3), false);
  private static final Site OTHER = Site.linear("unet.other", Shape.of(1, 3), false);
  private static final double HALF = Math.sqrt(0.5);

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("sphere");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Adapter mixed(String mixer, MixPlan plan) {
    return new DeltaMixing(scope, Samples.byName(ROW, OTHER))
        .uncut()
        .mix("mixed", MixerRulesTest.mixer(mixer), plan)
        .adapter();
  }

  private static double[] row(String mixer, MixPlan plan) {
    return Samples.changes(mixed(mixer, plan)).get("unet.row.weight");
  }

  private static Adapter row(String name, double... values) {
    return Samples.whole(name, ROW, (float) values[0], (float) values[1], (float) values[2]);
  }

  private static MixPlan across(double first, double second) {
    return MixPlan.of(row("x", 2, 0, 0), first).with(row("y", 0, 4, 0), second);
  }

  @Test
  void slerpFollowsTheArc() {
    double[] middle = {2 * HALF, 4 * HALF, 0};
    assertArrayEquals(middle, row("slerp", across(1, 1)), 1e-6);
    assertArrayEquals(middle, row("slerp:t=0.5", across(1, 1)), 1e-6);
    double[] third = {2 * Math.cos(Math.PI / 6), 4 * Math.sin(Math.PI / 6), 0};
    assertArrayEquals(third, row("slerp", across(1, 0.5)), 1e-6);
    // Weights are shares of the place, or strengths beside one.
    assertArrayEquals(third, row("slerp", across(0.2, 0.1)), 1e-6);
    double[] weaker = {-2 * HALF, 2 * HALF, 0};
    assertArrayEquals(weaker, row("slerp:t=0.5", across(-1, 0.5)), 1e-6);
    assertArrayEquals(new double[] {2, 0, 0}, row("slerp:t=0", across(1, 1)), 1e-6);
  }

  @Test
  void slerpIsLinearWhereThereIsNoArc() {
    MixPlan parallel = MixPlan.of(row("a", 1, 0, 0), 1).with(row("b", 3, 0.001, 0), 1);
    assertArrayEquals(new double[] {2.5, 0.00075, 0}, row("slerp:t=0.75", parallel), 1e-6);
    MixPlan opposed = MixPlan.of(row("a", 1, 0, 0), 1).with(row("b", -3, 0, 0), 1);
    assertArrayEquals(new double[] {-1, 0, 0}, row("slerp", opposed), 1e-6);
    MixPlan apart = MixPlan.of(row("a", 1, 2, 3), 3).with(Samples.whole("b", OTHER, 1, 1, 1), 1);
    assertArrayEquals(new double[] {0.75, 1.5, 2.25}, row("slerp", apart), 1e-6);
  }

  @Test
  void slerpTakesExactlyTwoAdapters() {
    MixPlan three = across(1, 1).with(row("z", 0, 0, 1), 1);
    AdapterException e = assertThrows(AdapterException.class, () -> mixed("slerp", three));
    assertEquals(
        "The mixer slerp refuses: it goes from one adapter to another, exactly two; those that"
            + " count are x, y, z.",
        e.getMessage());
    e = assertThrows(AdapterException.class, () -> mixed("slerp", across(1, 0)));
    assertTrue(e.getMessage().endsWith("those that count are x."), e.getMessage());
    e = assertThrows(AdapterException.class, () -> mixed("slerp", across(1, -1)));
    assertTrue(
        e.getMessage().contains("found -1.0 of y at unet.row.weight; set t"), e.getMessage());
    ExtensionException place =
        assertThrows(ExtensionException.class, () -> MixerRulesTest.mixer("slerp:t=-0.5"));
    assertTrue(place.getMessage().contains("t is from 0 to 1, or -1"), place.getMessage());
  }

  @Test
  void karcherMeanHasTheMeanLength() {
    double[] middle = {3 * HALF, 3 * HALF, 0};
    assertArrayEquals(middle, row("karcher", across(1, 1)), 1e-5);
    double angle = Math.PI / 2 * 0.25;
    double[] quarter = {2.5 * Math.cos(angle), 2.5 * Math.sin(angle), 0};
    assertArrayEquals(quarter, row("karcher", across(0.75, 0.25)), 1e-5);
    assertArrayEquals(quarter, row("karcher", across(3, 1)), 1e-5);
    MixPlan corners = across(1, 1).with(row("z", 0, 0, 6), 1);
    double third = 4 / Math.sqrt(3);
    assertArrayEquals(new double[] {third, third, third}, row("karcher", corners), 1e-5);
    AdapterException e =
        assertThrows(AdapterException.class, () -> mixed("karcher", across(1, -2)));
    assertTrue(e.getMessage().contains("none is negative, found -2.0 of y"), e.getMessage());
  }

  @Test
  void adapterWithoutDeltaHalvesTheKarcherMean() {
    MixPlan apart = MixPlan.of(row("a", 1, 2, 3), 1).with(Samples.whole("b", OTHER, 1, 1, 1), 1);
    assertArrayEquals(new double[] {0.5, 1, 1.5}, row("karcher", apart), 1e-6);
    assertArrayEquals(new double[] {1, 2, 3}, row("model-stock", apart), 0);
  }

  /** That an adapter lacks a layer is one thing; that it is to count nothing there is another. */
  @Test
  void zeroSiteWeightLeavesTheLayerToOthers() {
    Map<String, List<Factors>> sites = new TreeMap<>(row("x", 2, 0, 0).sites());
    sites.putAll(Samples.whole("x", OTHER, 1, 1, 1).sites());
    Adapter x = new Adapter("x", sites, Map.of());
    for (String mixer : List.of("slerp", "karcher")) {
      for (double share : new double[] {1e-6, 0}) {
        MixPlan plan =
            MixPlan.NONE
                .with(new MixPlan.Part(x, Weight.of(1)).shares(at(ROW, share)))
                .with(row("y", 0, 4, 0), 1);
        assertArrayEquals(new double[] {0, 4, 0}, row(mixer, plan), 1e-4, mixer + share);
      }
    }
  }

  @Test
  void negativeSiteWeightIsRefused() {
    MixPlan plan = across(1, 1);
    MixPlan negative =
        MixPlan.NONE.with(plan.parts().get(0)).with(plan.parts().get(1).shares(at(ROW, -0.5)));
    for (String mixer : List.of("slerp", "karcher")) {
      AdapterException e = assertThrows(AdapterException.class, () -> mixed(mixer, negative));
      assertTrue(e.getMessage().contains("found -0.5 of y at unet.row.weight"), e.getMessage());
    }
  }

  private static SiteWeights at(Site site, double share) {
    return new SiteWeights("x", new TreeMap<>(Map.of(site.name(), share)));
  }

  @Test
  void modelStockShrinksWithDisagreement() {
    MixPlan right = MixPlan.of(row("a", 3, 0, 0), 1).with(row("b", 3, 4, 0), 1);
    // The cosine is 0.6, so that 2 * 0.6 / 1.6 of the mean is left.
    assertArrayEquals(new double[] {2.25, 1.5, 0}, row("model-stock", right), 1e-6);
    MixPlan same = MixPlan.of(row("a", 3, 1, 0), 1).with(row("b", 3, 1, 0), 1);
    assertArrayEquals(new double[] {3, 1, 0}, row("model-stock", same), 1e-6);
    MixPlan three = right.with(row("c", 0, 0, 1), 1);
    // Cosines 0.6, 0 and 0: 3 * 0.2 / 1.4 of the mean.
    double[] weak = {6 / 7.0, 4 / 7.0, 1 / 7.0};
    assertArrayEquals(weak, row("model-stock", three), 1e-6);
    AdapterException e =
        assertThrows(
            AdapterException.class, () -> mixed("model-stock", MixPlan.of(row("a", 1, 1, 1), 1)));
    assertTrue(e.getMessage().contains("only a counts"), e.getMessage());
    MixPlan opposed = MixPlan.of(row("a", 1, 0, 0), 1).with(row("b", 1, 0, 0), -1);
    e = assertThrows(AdapterException.class, () -> mixed("model-stock", opposed));
    assertTrue(e.getMessage().contains("0 everywhere"), e.getMessage());
  }

  @Test
  void factorProductsStayProducts() {
    Samples samples = new Samples(1);
    MixPlan plan = MixPlan.NONE;
    for (String name : List.of("a", "b")) {
      plan =
          plan.with(
              new Adapter(
                  name,
                  Map.of(Samples.CONV.name(), List.of(samples.lora(Samples.CONV, 2, 3))),
                  Map.of()),
              0.5);
    }
    for (String mixer : List.of("slerp", "karcher", "model-stock", "task-arithmetic:lambda=0.5")) {
      Adapter mixed =
          new DeltaMixing(scope, Samples.SITES)
              .mix("mixed", MixerRulesTest.mixer(mixer), plan)
              .adapter();
      assertEquals(
          Shape.of(4, 4, 3, 3),
          mixed.at(Samples.CONV.name()).get(0).tensor(LoraMethod.DOWN).shape(),
          mixer);
    }
  }
}
