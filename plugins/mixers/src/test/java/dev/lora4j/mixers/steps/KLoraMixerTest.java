package dev.lora4j.mixers.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.MeasuredDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extensions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice is computed anew here, number by number, from the paper's formula. */
class KLoraMixerTest {
  private static final int STEPS = 12;
  private static final List<Site> LAYERS =
      List.of(
          Site.linear("unet.a.to_q", Shape.of(9, 7), false),
          Site.linear("unet.b.to_k", Shape.of(5, 11), false),
          Site.convolution("unet.c.conv", Shape.of(4, 3, 3, 3), 1, 1),
          Site.linear("unet.d.to_v", Shape.of(8, 8), false),
          Site.linear("unet.only", Shape.of(4, 4), false),
          Site.linear("text_encoder.fc", Shape.of(4, 4), false));
  private static final SiteCatalogue SITES = new SiteCatalogue(LAYERS);
  private static final List<String> COMMON = LAYERS.subList(0, 4).stream().map(Site::name).toList();

  private static Engine engine;
  private static MeasuredDeltas changes;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    Map<String, Site> byName =
        LAYERS.stream().collect(Collectors.toMap(Site::name, Function.identity()));
    changes = new MeasuredDeltas(engine.scope("look"), byName);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  /** Random factors, of a size of their own at each layer, so that choices differ. */
  private static Adapter adapter(String name, long seed, int rank) {
    Random random = new Random(seed);
    Map<String, List<Factors>> all = new HashMap<>();
    for (Site site : LAYERS) {
      if (site.name().equals("unet.only") && !name.equals("fox")) {
        continue;
      }
      double size = Math.exp(random.nextGaussian());
      float[] down = numbers(random, rank * site.rest(), size);
      float[] up = numbers(random, site.out() * rank, 1);
      Shape wide = site.weight().with(0, rank);
      long[] sizes = site.weight().sizes();
      Arrays.fill(sizes, 1);
      sizes[0] = site.out();
      sizes[1] = rank;
      Factors factors =
          LoraMath.factors(HostTensor.of(wide, down), HostTensor.of(Shape.of(sizes), up), 2);
      all.put(site.name(), List.of(factors));
    }
    return new Adapter(name, all, Map.of());
  }

  private static float[] numbers(Random random, long count, double size) {
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * size);
    }
    return values;
  }

  private static MixPlan mix(String request, MixPlan asked) {
    WeightMixer mixer = (WeightMixer) Extensions.installed().make(Mixer.class, request);
    return mixer.plan(asked, STEPS, SITES, changes);
  }

  /** The magnitudes of a change, the greatest last. */
  private static double[] magnitudes(Adapter adapter, Site site, int rank) {
    Factors factors = adapter.at(site.name()).get(0);
    double[] down = factors.tensor("lora_down.weight").doubles();
    double[] up = factors.tensor("lora_up.weight").doubles();
    double scale = factors.structure().number("alpha") / rank;
    int rest = down.length / rank;
    double[] all = new double[(int) site.out() * rest];
    for (int i = 0; i < all.length; i++) {
      double sum = 0;
      for (int k = 0; k < rank; k++) {
        sum += up[i / rest * rank + k] * down[k * rest + i % rest];
      }
      all[i] = Math.abs(scale * sum);
    }
    Arrays.sort(all);
    return all;
  }

  private static double greatest(double[] sorted, int count) {
    return Arrays.stream(sorted).skip(Math.max(0, sorted.length - count)).sum();
  }

  /** What an adapter counts at a layer in a step, in all its parts of the plan. */
  private static double weight(MixPlan plan, Adapter adapter, String site, int step) {
    return plan.parts().stream()
        .filter(p -> p.adapter().name().equals(adapter.name()))
        .mapToDouble(p -> p.weight().at(step, STEPS) * p.shares().at(site))
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "k-lora, 1.5, 0.5, false, sums",
    "'k-lora:alpha=3,beta=0', 3, 0, false, sums",
    "'k-lora:beta=1.275,wraps=true', 1.5, 1.275, true, sums",
    "'k-lora:gamma=layers', 1.5, 0.5, false, layers"
  })
  void adapterOfGreaterSumIsChosen(
      String request, double alpha, double beta, boolean wraps, String gamma) {
    int styles = 0;
    for (long seed = 0; seed < 20; seed++) {
      Adapter fox = adapter("fox", 2 * seed, 2);
      Adapter ink = adapter("ink", 2 * seed + 1, 3);
      MixPlan plan = mix(request, MixPlan.of(fox, 0.8).with(ink, -0.6));
      double contents = 0;
      double all = 0;
      double ratios = 0;
      for (Site site : LAYERS.subList(0, COMMON.size())) {
        double content = Arrays.stream(magnitudes(fox, site, 2)).sum();
        double style = Arrays.stream(magnitudes(ink, site, 3)).sum();
        contents += content;
        all += style;
        ratios += content / style / COMMON.size();
      }
      double divisor = gamma.equals("sums") ? contents / all : ratios;
      for (Site site : LAYERS.subList(0, COMMON.size())) {
        double content = greatest(magnitudes(fox, site, 2), 6) / divisor;
        for (int step = 0; step < STEPS; step++) {
          double scale = alpha * (step + 0.5) / STEPS + beta;
          scale = wraps ? scale % alpha : scale;
          boolean style = content <= scale * greatest(magnitudes(ink, site, 3), 6);
          styles += style ? 1 : 0;
          String at = site.name() + " in step " + step + " of " + plan;
          assertEquals(style ? 0 : 0.8, weight(plan, fox, site.name(), step), 1e-12, at);
          assertEquals(style ? -0.6 : 0, weight(plan, ink, site.name(), step), 1e-12, at);
        }
      }
    }
    int choices = 20 * STEPS * COMMON.size();
    assertTrue(styles > choices / 10 && styles < choices * 9 / 10, styles + " of " + choices);
  }

  @Test
  void layersOfOneAdapterAndTextEncodersStay() {
    Adapter fox = adapter("fox", 1, 2);
    Adapter ink = adapter("ink", 2, 2);
    MixPlan plan = mix("k-lora", MixPlan.of(fox, 0.8).with(ink, 0.5));
    for (int step = 0; step < STEPS; step++) {
      assertEquals(0.8, weight(plan, fox, "unet.only", step), 1e-12);
    }
    for (Adapter one : List.of(fox, ink)) {
      double text =
          plan.parts().stream()
              .filter(p -> p.adapter() == one)
              .mapToDouble(p -> p.textWeight() * p.shares().at("text_encoder.fc"))
              .sum();
      assertEquals(one == fox ? 0.8 : 0.5, text, 1e-12);
    }
  }

  @Test
  void orderDecidesWhichAdapterIsTheStyle() {
    Adapter fox = adapter("fox", 3, 2);
    Adapter ink = adapter("ink", 4, 2);
    MixPlan plan = mix("k-lora:order=fox ink", MixPlan.of(ink, 1).with(fox, 1));
    MixPlan same = mix("k-lora", MixPlan.of(fox, 1).with(ink, 1));
    for (String site : COMMON) {
      for (int step = 0; step < STEPS; step++) {
        assertEquals(weight(same, ink, site, step), weight(plan, ink, site, step), site);
      }
    }
  }

  @Test
  void stepwiseWeightStaysStepwise() {
    Adapter fox = adapter("fox", 5, 2);
    MixPlan asked = MixPlan.of(fox, Weight.parse("0@0,1@1"));
    assertSame(asked, mix("k-lora", asked));
    Adapter ink = adapter("ink", 6, 2);
    MixPlan plan = mix("k-lora:alpha=0.001,beta=0", asked.with(ink, 1));
    // The style counts nothing, so that the content is chosen at all layers.
    for (int step = 0; step < STEPS; step++) {
      assertEquals((step + 0.5) / STEPS, weight(plan, fox, COMMON.get(0), step), 1e-9);
    }
  }

  @Test
  void unsupportedPlansAreRefusedByName() {
    Adapter fox = adapter("fox", 7, 2);
    Adapter ink = adapter("ink", 8, 2);
    MixPlan three = MixPlan.of(fox, 1).with(ink, 1).with(adapter("glow", 9, 2), 1);
    assertTrue(refused(three).contains("fox, ink, glow"));
    MixPlan.Part part = new MixPlan.Part(ink, Weight.of(1));
    RegionMask area = new RegionMask("left", new GridSize(1, 2), 1, 0);
    assertTrue(
        refused(MixPlan.of(fox, 1).with(part.within(area))).contains("ink counts in a part"));
  }

  private static String refused(MixPlan plan) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> mix("k-lora", plan)).getMessage());
  }
}
