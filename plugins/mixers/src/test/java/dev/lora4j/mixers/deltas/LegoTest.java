package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rank units that are alike become one. */
class LegoTest {
  private static final Site PLAIN = Site.linear("unet.plain", Shape.of(2, 3), false);
  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("lego");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Adapter mixed(String mixer, MixPlan plan) {
    return new DeltaMixing(scope, Samples.SITES)
        .mix("mixed", MixerRulesTest.mixer(mixer), plan)
        .adapter();
  }

  private static int rank(Adapter adapter, Site site) {
    return (int) adapter.at(site.name()).get(0).tensor(LoraMethod.DOWN).shape().size(0);
  }

  private static Adapter lora(String name, Site site, Factors factors) {
    return new Adapter(name, Map.of(site.name(), List.of(factors)), Map.of());
  }

  /** A LoRA on {@link #PLAIN} of directions, each a row of three and a column of two. */
  private static Adapter units(String name, double[]... units) {
    float[] down = new float[3 * units.length];
    float[] up = new float[2 * units.length];
    for (int k = 0; k < units.length; k++) {
      for (int i = 0; i < 3; i++) {
        down[3 * k + i] = (float) units[k][i];
      }
      for (int i = 0; i < 2; i++) {
        up[units.length * i + k] = (float) units[k][3 + i];
      }
    }
    return lora(
        name,
        PLAIN,
        LoraMath.factors(
            HostTensor.of(Shape.of(units.length, 3), down),
            HostTensor.of(Shape.of(2, units.length), up),
            units.length));
  }

  private static double[] plain(String mixer, MixPlan plan) {
    Adapter adapter =
        new DeltaMixing(scope, Samples.byName(PLAIN))
            .uncut()
            .mix("mixed", MixerRulesTest.mixer(mixer), plan)
            .adapter();
    return Samples.changes(adapter).get("unet.plain.weight");
  }

  @Test
  void copiesOfOneAdapterAreThatAdapter() {
    Samples samples = new Samples(1);
    Adapter one = lora("one", Samples.SAME, samples.lora(Samples.SAME, 3, 2));
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < 4; i++) {
      plan = plan.with(one.described("copy " + i, Map.of()), 1);
    }
    Adapter again = mixed("lego:rank=3", plan);
    assertTrue(Samples.apart(one, again) < 2e-5);
    assertEquals(3, rank(again, Samples.SAME));
  }

  @Test
  void unlikeRanksGoTogether() {
    Samples samples = new Samples(2);
    Adapter two = lora("two", Samples.SAME, samples.lora(Samples.SAME, 2, 2));
    Adapter five = lora("five", Samples.SAME, samples.lora(Samples.SAME, 5, 5));
    Adapter three = mixed("lego:rank=3", MixPlan.of(two, 1).with(five, 1));
    assertEquals(3, rank(three, Samples.SAME));
    // As many centres as units are the units, seven for a mean rank of three and a half.
    Adapter all = mixed("lego:rank=7", MixPlan.of(two, 1).with(five, 1));
    Adapter sum = mixed("linear", MixPlan.of(two, Math.sqrt(0.5)).with(five, Math.sqrt(0.5)));
    assertTrue(Samples.apart(all, sum) < 2e-5);
  }

  @Test
  void orderAndScalesOfDirectionsHaveNoEffect() {
    double[] a = {1, 2, 3, 4, 5};
    double[] b = {-1, 0, 1, 2, -2};
    double[] c = {0, 0.5, 0, 1, 0};
    Adapter other = units("other", new double[] {3, 1, 0, 0, 1});
    double[] first = plain("lego:rank=2", MixPlan.of(units("abc", a, b, c), 1).with(other, 1));
    double[] scaled = {0.5, 1, 1.5, 8, 10};
    Adapter turned = units("cab", c, scaled, b);
    assertArrayEquals(first, plain("lego:rank=2", MixPlan.of(turned, 1).with(other, 1)), 1e-5);
  }

  @Test
  void likeUnitsBecomeTheirMeanWithTheirMeanLength() {
    // Both have the same column, and rows at right angles.
    Adapter x = units("x", new double[] {1, 0, 0, 1, 0});
    Adapter y = units("y", new double[] {0, 1, 0, 1, 0});
    // The unit of both is (0.5, 0.5, 0; 1, 0), of length root 1.5; theirs is root 2.
    double times = 2 / 1.5;
    double[] one = {0.5 * times, 0.5 * times, 0, 0, 0, 0};
    assertArrayEquals(one, plain("lego:rank=1", MixPlan.of(x, 1).with(y, 1)), 1e-5);
    // Two centres for two units of a mean rank of one.
    double root = Math.sqrt(0.5);
    assertArrayEquals(
        new double[] {root, root, 0, 0, 0, 0},
        plain("lego:rank=2", MixPlan.of(x, 1).with(y, 1)),
        1e-5);
  }

  @Test
  void oneAdapterIsPruned() {
    Adapter three =
        units(
            "three",
            new double[] {4, 0, 0, 4, 0},
            new double[] {4, 0, 0, 4, 0},
            new double[] {0, 0, 1, 0, 1});
    double[] two = plain("lego:rank=2", MixPlan.of(three, 1));
    double root = Math.sqrt(1.5);
    assertArrayEquals(new double[] {16 * root, 0, 0, 0, 0, root}, two, 1e-4);
  }

  @Test
  void wholeChangesAreRefused() {
    Adapter whole = Samples.whole("whole", PLAIN, 1, 2, 3, 4, 5, 6);
    AdapterException e =
        assertThrows(AdapterException.class, () -> plain("lego", MixPlan.of(whole, 1)));
    assertTrue(String.valueOf(e.getMessage()).contains("clusters the directions"), e.getMessage());
  }
}
