package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DareTest {
  private static final int NUMBERS = 40 * 30;
  private static final Site SITE = Site.linear("unet.site", Shape.of(40, 30), false);

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("dare");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static double[] mixed(String mixer, long seed, MixPlan plan) {
    Adapter out =
        new DeltaMixing(scope, Map.of(SITE.name(), SITE))
            .uncut()
            .seed(seed)
            .mix("mixed", MixerRulesTest.mixer(mixer), plan)
            .adapter();
    return Samples.changes(out).get("unet.site.weight");
  }

  private static Adapter rising(String name, double scale) {
    float[] values = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      values[i] = (float) (scale * (i - 500.5) / 500);
    }
    return Samples.whole(name, SITE, values);
  }

  /** Seven standard deviations of a mean of draws; of one number in 1200 one would be exceeded. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void theMeanOverSeedsIsTheChange(double density) {
    Adapter a = rising("a", 1);
    int seeds = 400;
    double[] mean = new double[NUMBERS];
    for (int seed = 0; seed < seeds; seed++) {
      double[] one = mixed("dare-linear:density=" + density, seed, MixPlan.of(a, 1));
      for (int i = 0; i < NUMBERS; i++) {
        mean[i] += one[i] / seeds;
      }
    }
    double[] exact = Samples.changes(a).get("unet.site.weight");
    for (int i = 0; i < NUMBERS; i++) {
      double deviation = Math.abs(exact[i]) * Math.sqrt((1 - density) / density / seeds);
      assertEquals(exact[i], mean[i], 7 * deviation + 1e-6);
    }
  }

  @Test
  void eachAdapterDrawsByItself() {
    MixPlan twice = MixPlan.of(rising("a", 1), 1).with(rising("again", 1), 1);
    double[] both = mixed("dare-linear:density=0.5,rescale=none", 3, twice);
    double[] exact = Samples.changes(rising("a", 1)).get("unet.site.weight");
    double[] kept = new double[3];
    for (int i = 0; i < NUMBERS; i++) {
      kept[(int) Math.round(both[i] / exact[i])]++;
    }
    // Both, either and none: a quarter, a half and a quarter, within five standard deviations.
    assertEquals(NUMBERS / 4.0, kept[0], 75);
    assertEquals(NUMBERS / 2.0, kept[1], 87);
    assertEquals(NUMBERS / 4.0, kept[2], 75);
  }

  @Test
  void mergekitsRescalingKeepsTheSumOfMagnitudes() {
    Adapter a = rising("a", 1);
    double[] left = mixed("dare-linear:density=0.3,rescale=l1", 1, MixPlan.of(a, 1));
    double[] exact = Samples.changes(a).get("unet.site.weight");
    assertEquals(size(exact), size(left), 1e-3);
  }

  private static double size(double[] values) {
    return Arrays.stream(values).map(Math::abs).sum();
  }
}
