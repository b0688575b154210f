package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.ExtensionException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TiesTest {
  private static final Site ROW = Site.linear("unet.row", Shape.of(1, 4), false);
  private static final Site OTHER = Site.linear("unet.other", Shape.of(2, 2), false);

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("ties");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static double[] row(String mixer, MixPlan plan) {
    Adapter mixed =
        new DeltaMixing(scope, Samples.byName(ROW, OTHER))
            .uncut()
            .mix("mixed", MixerRulesTest.mixer(mixer), plan)
            .adapter();
    return Samples.changes(mixed).get("unet.row.weight");
  }

  private static MixPlan three(double a, double b, double c) {
    return MixPlan.of(Samples.whole("a", ROW, 0.5f, -0.2f, 0.1f, 0.9f), a)
        .with(Samples.whole("b", ROW, -0.4f, -0.3f, 0, 0.2f), b)
        .with(Samples.whole("c", ROW, 0.1f, 0.6f, -0.7f, 0.3f), c);
  }

  @Test
  void tiesGivesTheExampleOfThreeRows() {
    double[] expected = {0.5, 0.6, -0.7, 0.9};
    assertArrayEquals(expected, row("ties:density=0.5", three(1, 1, 1)), 1e-6);
    assertArrayEquals(expected, row("ties:density=0.5,trim=tensor", three(1, 1, 1)), 1e-6);
  }

  @Test
  void weightsDecideWhichSignWins() {
    // 0.5 against 0.4 * 3; -0.3 * 3 against 0.6.
    double[] won = {-1.2, -0.9, -0.7, 0.9};
    assertArrayEquals(won, row("ties:density=0.5", three(1, 3, 1)), 1e-6);
    double[] plain = {0.5, 0.6, -0.7, 0.9};
    assertArrayEquals(plain, row("ties:density=0.5,election=plain_sum", three(1, 3, 1)), 1e-6);
    double[] byWeights = {-0.4, -0.3, -0.7, 0.9};
    assertArrayEquals(byWeights, row("ties:density=0.5,divide=weights", three(1, 3, 1)), 1e-6);
  }

  @Test
  void agreeingValuesAreAveragedOrSummed() {
    // Signs that most have: + of a and c, - of a and b, + as there is one of either, + of all.
    double[] mean = {0.3, -0.25, 0.1, 1.4 / 3};
    String all = "ties:density=1,election=";
    assertArrayEquals(mean, row(all + "count", three(1, 1, 1)), 1e-6);
    double[] sum = {0.6, -0.5, 0.1, 1.4};
    assertArrayEquals(sum, row(all + "count,divide=none", three(1, 1, 1)), 1e-6);
    double[] half = {0.15, -0.125, 0.05, 0.7 / 3};
    assertArrayEquals(half, row(all + "plain_count,lambda=0.5", three(1, 1, 1)), 1e-6);
  }

  @Test
  void opposedAdaptersCancelInSumNotInCount() {
    MixPlan opposed =
        MixPlan.of(Samples.whole("a", ROW, 1, -2, 3, 0), 1)
            .with(Samples.whole("b", ROW, -1, 2, 1, 0), 1);
    assertArrayEquals(new double[] {0, 0, 2, 0}, row("ties:density=1", opposed), 1e-6);
    assertArrayEquals(
        new double[] {1, 2, 2, 0}, row("ties:density=1,election=count", opposed), 1e-6);
  }

  @Test
  void theThresholdIsThatOfAllParametersTogether() {
    Adapter row = Samples.whole("a", ROW, 1, 2, 3, 4);
    Adapter other = Samples.whole("b", OTHER, 5, -6, -7, 8);
    Adapter both =
        new Adapter(
            "both",
            Map.of(ROW.name(), row.at(ROW.name()), OTHER.name(), other.at(OTHER.name())),
            Map.of());
    assertArrayEquals(new double[] {0, 0, 0, 4}, row("ties:density=0.625", MixPlan.of(both, 1)), 0);
    assertArrayEquals(
        new double[] {0, 0, 3, 4}, row("ties:density=0.5,trim=tensor", MixPlan.of(both, 1)), 0);
    // What b alone changes is a change by 0 of a, so that all of a is among the greatest half.
    MixPlan apart = MixPlan.of(row, 1).with(other, 1);
    assertArrayEquals(new double[] {1, 2, 3, 4}, row("ties:density=0.5", apart), 0);
  }

  @Test
  void aDensityOfNothingIsRefused() {
    ExtensionException e =
        assertThrows(ExtensionException.class, () -> MixerRulesTest.mixer("ties:density=0"));
    assertEquals(
        "ties: density takes a number above 0 and of at most 1, found '0'.", e.getMessage());
    // In Java nobody reads settings, so that the mixer itself looks.
    assertThrows(
        IllegalArgumentException.class,
        () -> new TiesMixer(0, Trim.MODEL, Election.SUM, SumDivisor.COUNT, MixedSpace.CHANGE, 1));
  }
}
