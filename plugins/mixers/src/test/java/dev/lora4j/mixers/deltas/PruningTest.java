package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.ExtensionException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mixers that drop numbers by their magnitude: magnitude-prune, breadcrumbs and DELLA. */
class PruningTest {
  private static final Site ROW = Site.linear("unet.row", Shape.of(1, 10), false);
  private static final Site ROWS = Site.linear("unet.rows", Shape.of(300, 5), false);

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("pruning");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static double[] mixed(String mixer, Site site, MixPlan plan) {
    Adapter out =
        new DeltaMixing(scope, Map.of(site.name(), site))
            .uncut()
            .mix("mixed", MixerRulesTest.mixer(mixer), plan)
            .adapter();
    return Samples.changes(out).get(site.name() + ".weight");
  }

  private static double[] kept(String mixer) {
    Adapter a = Samples.whole("a", ROW, 1, -2, 3, -4, 5, -6, 7, -8, 9, -10);
    return mixed(mixer, ROW, MixPlan.of(a, 1));
  }

  @Test
  void magnitudePruningKeepsTheGreatest() {
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0, 0, 7, -8, 9, -10}, kept("magnitude-prune:density=0.4"), 0);
  }

  @Test
  void breadcrumbsDropTheGreatestToo() {
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0, -6, 7, -8, 9, 0},
        kept("breadcrumbs-linear:density=0.4,gamma=0.1"),
        0);
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0, -6, 7, -8, 9, 0},
        kept("breadcrumbs-ties:density=0.4,gamma=0.19"),
        0);
  }

  @Test
  void gammaBelowOneValueDropsNoOutlier() {
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0, 0, 7, -8, 9, -10},
        kept("breadcrumbs-linear:density=0.4,gamma=0.01"),
        0);
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 0, 0, 0, 0, 0, -10},
        kept("breadcrumbs-linear:density=0.01,gamma=0.01"),
        0);
  }

  @Test
  void densityHoldsHoweverManyOutliersAreDropped() {
    assertArrayEquals(
        new double[] {1, -2, 3, -4, 5, -6, 7, -8, 0, 0},
        kept("breadcrumbs-linear:density=0.8,gamma=0.5"),
        0);
  }

  @Test
  void theGreatestOfARowStaysMostOften() {
    float[] values = new float[1500];
    for (int i = 0; i < values.length; i++) {
      // The magnitudes of a row fall from left to right, and rows grow.
      values[i] = (5 - i % 5) * (1 + i / 5);
    }
    MixPlan plan = MixPlan.of(Samples.whole("a", ROWS, values), 1);
    double[] left = mixed("della-linear:density=0.5,epsilon=0.4,rescale=none", ROWS, plan);
    double[] right = mixed("della-linear:density=0.5,epsilon=0.4", ROWS, plan);
    for (int column = 0; column < 5; column++) {
      double probability = 0.9 - 0.2 * column;
      int stayed = 0;
      for (int i = column; i < left.length; i += 5) {
        stayed += left[i] == 0 ? 0 : 1;
        assertEquals(left[i] / probability, right[i], Math.abs(right[i]) * 1e-6);
      }
      // Five standard deviations.
      double deviation = Math.sqrt(300 * probability * (1 - probability));
      assertEquals(300 * probability, stayed, 5 * deviation, "column " + column);
    }
  }

  @Test
  void singleValueRowHasTheMeanProbability() {
    Site column = Site.linear("unet.column", Shape.of(1000, 1), false);
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    MixPlan plan = MixPlan.of(Samples.whole("a", column, ones), 1);
    double[] left = mixed("della-linear:density=0.5,epsilon=0.4,rescale=none", column, plan);
    assertEquals(500, Arrays.stream(left).sum(), 80);
  }

  @ParameterizedTest
  @CsvSource({
    "'della-linear:density=0.9,epsilon=0.1',density + epsilon below 1",
    "'della-ties:density=0.1,epsilon=0.1',density - epsilon is above 0",
    "'della-ties:density=0',density takes a number above 0",
    "'breadcrumbs-ties:gamma=1',gamma is at least 0 and below 1",
    "'breadcrumbs-linear:density=0',density takes a number above 0",
    "'magnitude-prune:density=0',density takes a number above 0",
  })
  void impossibleDensityEpsilonAndGammaAreRefused(String request, String message) {
    ExtensionException e =
        assertThrows(ExtensionException.class, () -> MixerRulesTest.mixer(request));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
