package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinyAdapters.Case;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole pipelines with adapters of every kind of file, against the tools that know that kind. */
class AdapterPicturesTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinyAdapters TINY = new TinyAdapters();
  private static final Map<String, StableDiffusion> BASES =
      Map.of(
          "sd", StableDiffusion.load(LORA, TinySd.FOLDER),
          "xl", StableDiffusion.load(LORA, TinyXl.FOLDER));
  private static final double CLOSE = 2e-5;

  @AfterAll
  static void close() {
    BASES.values().forEach(StableDiffusion::close);
    LORA.close();
    TINY.close();
  }

  static List<Case> cases() {
    return TINY.cases();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd", "xl"})
  void theBaseAloneIsDiffusers(String base) {
    assertClose(base + ".plain", base, MixPlan.NONE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inside(Case made) {
    assertClose(made.name(), made.base(), made.plan(BASES.get(made.base()), 1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void beside(Case made) {
    assertClose(made.name(), made.base(), made.plan(BASES.get(made.base()), 0.999));
  }

  private static void assertClose(String name, String base, MixPlan mix) {
    Prompt prompt = TINY.prompt(base).mix(mix);
    float[] found = MadeLatents.of(BASES.get(base), prompt, TINY.floats(base + ".start"));
    double error = MadeLatents.error(TINY.floats(name), found);
    assertTrue(error <= CLOSE, () -> name + ": " + error + " of the scale");
  }
}
