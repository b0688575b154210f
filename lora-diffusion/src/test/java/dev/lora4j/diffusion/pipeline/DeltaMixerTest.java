package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mixers that make one adapter of several are the picture of that adapter. */
class DeltaMixerTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Adapter ONE = adapter("lora-kohya");
  private static final Adapter TWO = adapter("lora-kohya-2");
  private static final MixPlan BOTH =
      MixPlan.of(ONE, 0.8).with(new MixPlan.Part(TWO, Weight.of(0.5)).text(0.9));
  private static final Prompt FOX = Prompt.of("a red fox").steps(3).guidance(3).size(32, 32);
  private static final Mixer LINEAR = Extensions.installed().make(Mixer.class, "linear");

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Adapter adapter(String name) {
    return SD.adapter(TinySd.FOLDER.resolve(name + ".safetensors"));
  }

  /** The sum, number by number; tells how often it was made. */
  @Extension(point = Mixer.class, name = "test-counted-sum", help = "For tests.")
  public record CountedSum() implements DeltaMixer {
    private static final AtomicInteger MADE = new AtomicInteger();

    @Override
    public double[] survey(DeltaSurvey survey) {
      MADE.incrementAndGet();
      return new double[0];
    }

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      Expr sum = deltas.parts().stream().map(SiteDelta::weighted).reduce(Expr::add).orElseThrow();
      return new MixedDelta.Dense(sum);
    }
  }

  private static float[] latents(Prompt prompt) {
    float[] noise = new float[4 * 4 * 4];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) Math.sin(7 * i);
    }
    return MadeLatents.of(SD, prompt.size(16, 16), noise);
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGED", "UNMERGED", "AUTO"})
  void linearMixerMakesTheUnmixedPicture(Route route) {
    MixPlan plan = BOTH.route(route);
    float[] plain = latents(FOX.mix(plan));
    float[] base = latents(FOX);
    assertTrue(MadeLatents.error(plain, base) > 0.01, "the adapters are seen");
    for (Mixer mixer : List.of(LINEAR, new CountedSum())) {
      float[] mixed = latents(FOX.mix(plan).mixer(mixer));
      assertTrue(
          MadeLatents.error(plain, mixed) < 1e-5, mixer + " " + MadeLatents.error(plain, mixed));
    }
  }

  @Test
  void mixedAdapterIsReusedForAllPictures() {
    int before = CountedSum.MADE.get();
    MixPlan own = BOTH.with(ONE, 0.125);
    Prompt mixed = FOX.mix(own).mixer(new CountedSum());
    long live = LORA.engine().live();
    SD.generate(List.of(mixed.seed(1), mixed.seed(2).guidance(5)), StepListener.NONE);
    SD.generate(mixed.steps(2).mix(own.route(Route.MERGED)));
    assertEquals(before + 1, CountedSum.MADE.get());
    SD.generate(mixed.mix(own.with(TWO, 0.25)));
    assertEquals(before + 2, CountedSum.MADE.get());
    long first = LORA.engine().live();
    SD.generate(mixed.mix(own.with(TWO, 0.375)));
    assertEquals(first, LORA.engine().live(), "native memory is left");
    assertTrue(first >= live);
  }

  @Test
  void mixProgressIsReportedBeforeTheFirstStep() {
    List<String> heard = new ArrayList<>();
    StepListener listener =
        new StepListener() {
          @Override
          public void done(int step, int steps) {
            heard.add("step");
          }

          @Override
          public void surveyed(int done, int all) {
            heard.add("surveyed " + done + " of " + all);
          }

          @Override
          public void mixed(int done, int all) {
            heard.add("mixed " + done + " of " + all);
          }
        };
    MixPlan own = BOTH.with(ONE, 0.0625);
    Prompt mixed = FOX.mix(own).mixer(new CountedSum()).steps(2);
    SD.generate(mixed, listener);
    // It asks for nothing of the parameters before it mixes them.
    int count = heard.size() - 2;
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      expected.add("mixed " + i + " of " + count);
    }
    expected.addAll(List.of("step", "step"));
    assertTrue(count > 10, heard.toString());
    assertEquals(expected, heard);
    heard.clear();
    SD.generate(mixed.seed(2), listener);
    assertEquals(List.of("step", "step"), heard, "what was mixed before is not mixed again");
  }

  @Test
  void zeroWeightsAreTheBase() {
    MixPlan nothing = MixPlan.of(ONE, 0).with(TWO, 0);
    assertArrayEquals(latents(FOX), latents(FOX.mix(nothing).mixer(LINEAR)));
  }

  @Test
  void plansBeyondOneAdapterAreRefusedByName() {
    MixPlan curve = MixPlan.of(ONE, 1).with(TWO, Weight.parse("0@0,1@1"));
    assertRefused("lora-kohya-2 has a weight that depends on the step", curve);
    RegionMask left = new RegionMask("left", new GridSize(1, 2), 1, 0);
    MixPlan region = MixPlan.of(TWO, 1).with(new MixPlan.Part(ONE, Weight.of(1)).within(left));
    assertRefused("lora-kohya counts in a part of the picture alone", region);
    Adapter dora = Transforming.dora("dora", ONE, SD.sites());
    assertRefused("dora", MixPlan.of(TWO, 1).with(dora, 1));
  }

  private static void assertRefused(String told, MixPlan plan) {
    AdapterException refused =
        assertThrows(AdapterException.class, () -> SD.generate(FOX.mix(plan).mixer(LINEAR)));
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }
}
