package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.model.TextModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that come and go between calls: what is kept of them, and that it changes no text. */
class SwitchedAdaptersTest {
  private static final int RANK = 4;

  @TempDir private static Path temporary;
  private static Lora4j lora;
  private static LanguageModel model;
  private static final List<Adapter> ADAPTERS = new ArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")));
    for (int i = 0; i < 8; i++) {
      ADAPTERS.add(adapter(i));
    }
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static Adapter adapter(int number) {
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    for (Site site : model.base().sites().all()) {
      if (site.name().endsWith("_proj")) {
        HostTensor down = values(Shape.of(RANK, site.in()), number, site.name().hashCode());
        HostTensor up = values(Shape.of(site.out(), RANK), number, site.name().hashCode() + 1L);
        factors.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    return new Adapter("adapter " + number, factors, Map.of());
  }

  private static HostTensor values(Shape shape, int number, long place) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(number, place).gaussians(values, 0, values.length);
    return HostTensor.of(shape, values);
  }

  private static TextPrompt the(MixPlan mix, int tokens) {
    return TextPrompt.of("The").tokens(tokens).mix(mix);
  }

  private static MixPlan only(int number) {
    return MixPlan.of(ADAPTERS.get(number), 0.3);
  }

  private static StackedFactors kept() {
    return model.programs().factors();
  }

  @Test
  void stackedFactorsServeOtherRowsAndWeights() {
    kept().clear();
    MixPlan both = only(0).with(ADAPTERS.get(1), 0.2);
    model.generate(List.of(the(both, 4), the(only(2), 4)), TextListener.NONE);
    long bytes = kept().bytes();
    long numbers = 3L * RANK * sizes();
    assertEquals(numbers * 4, bytes - spreads(3));
    MixPlan other = MixPlan.of(ADAPTERS.get(1), -0.1).with(ADAPTERS.get(0), 0.9);
    model.generate(List.of(the(only(2), 4), the(other, 4)), TextListener.NONE);
    assertEquals(bytes, kept().bytes());
  }

  /** What factors of rank 1 have, over all sites. */
  private static long sizes() {
    return model.base().sites().all().stream()
        .filter(s -> s.name().endsWith("_proj"))
        .mapToLong(s -> s.in() + s.out())
        .sum();
  }

  /** Bytes of the scales by column and direction, over all sites. */
  private static long spreads(int adapters) {
    long sites =
        model.base().sites().all().stream().filter(s -> s.name().endsWith("_proj")).count();
    return sites * adapters * adapters * RANK * 4;
  }

  @Test
  void oldestStackedFactorsAreEvicted() {
    kept().clear();
    long room = model.base().weights().bytes() / 4;
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 8; i++) {
        model.generate(the(only(i), 2));
        assertTrue(kept().bytes() <= Math.max(room, 4L * RANK * sizes() + spreads(1)));
      }
    }
    kept().clear();
    assertEquals(0, kept().bytes());
  }

  @Test
  void stackedFactorsInUseStay() {
    kept().clear();
    BatchMix mix =
        new BatchMix(List.of(only(3).route(Route.UNMERGED)), model.base().sites(), TextModel.MODEL);
    try (StackedFactors.Use use = kept().of(mix)) {
      kept().clear();
      String one = use.tensors().keySet().iterator().next();
      assertEquals(DType.F32, use.tensors().get(one).dtype());
      assertTrue(use.tensors().get(one).floats().length > 0);
    }
    kept().clear();
    assertEquals(0, kept().bytes());
  }

  /** Else each set of merged adapters ever used would leave an entry. */
  @Test
  void mixesWithoutStackedFactorsAreForgotten() {
    BatchMix mix =
        new BatchMix(List.of(only(3).route(Route.MERGED)), model.base().sites(), TextModel.MODEL);
    StackedFactors.Use first = kept().of(mix);
    StackedFactors.Use second = kept().of(mix);
    assertSame(first.tensors(), second.tensors());
    first.close();
    second.close();
    try (StackedFactors.Use later = kept().of(mix)) {
      assertNotSame(first.tensors(), later.tensors());
    }
  }

  /** Rows of many lengths and adapters, some of which are left out on the way. */
  @Test
  void rowsTogetherEqualRowsAlone() {
    List<TextPrompt> prompts = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      prompts.add(the(i == 5 ? MixPlan.NONE : only(i), 3 + 5 * ((i * 3) % 8)));
      alone.add(model.generate(prompts.get(i)).text());
    }
    List<Completion> together = model.generate(prompts, TextListener.NONE);
    assertEquals(alone, together.stream().map(Completion::text).toList());
  }
}
