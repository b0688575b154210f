package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer that is large enough to be mixed block by block, beside the same as a whole. */
class RowBlocksTest {
  private static final Site SITE = Site.linear("unet.large", Shape.of(2100, 1004), false);

  private static Engine engine;
  private static Scope scope;

  /** The same mixer, which does not tell that rows are mixed by themselves. */
  record Whole(DeltaMixer mixer) implements DeltaMixer {
    @Override
    public double[] survey(DeltaSurvey survey) {
      return mixer.survey(survey);
    }

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return mixer.mix(deltas);
    }
  }

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("rows");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static double[] mixed(DeltaMixer mixer) {
    Samples samples = new Samples(9);
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < 3; i++) {
      Factors factors = samples.lora(SITE, 2 + i, 1);
      plan =
          plan.with(
              new Adapter("a" + i, Map.of(SITE.name(), List.of(factors)), Map.of()), 1 - 0.3 * i);
    }
    Adapter out =
        new DeltaMixing(scope, Map.of(SITE.name(), SITE))
            .seed(5)
            .uncut()
            .mix("mixed", mixer, plan)
            .adapter();
    assertEquals("diff", out.at(SITE.name()).get(0).method());
    return Samples.changes(out).get(SITE.name() + ".weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ties",
        "ties:density=1",
        "magnitude-prune:trim=model",
        "dare-linear",
        "dare-ties:rescale=none",
        "della-linear",
        "della-ties:density=0.3"
      })
  void blocksGiveTheWhole(String request) {
    DeltaMixer mixer = MixerRulesTest.mixer(request);
    assertTrue(mixer.rowwise());
    double[] blocks = mixed(mixer);
    double[] whole = mixed(new Whole(mixer));
    int apart = 0;
    for (int i = 0; i < whole.length; i++) {
      apart += Math.abs(whole[i] - blocks[i]) > 1e-5 ? 1 : 0;
    }
    // A number at the threshold may round to either side where a product is formed another way.
    assertTrue(apart <= 2, apart + " numbers of " + whole.length + " are others");
  }

  @Test
  void wholeTensorMixersAreNotRowwise() {
    for (String request :
        List.of("ties:trim=tensor", "dare-linear:rescale=l1", "della-ties:rescale=l1", "slerp")) {
      assertFalse(MixerRulesTest.mixer(request).rowwise(), request);
    }
  }
}
