package dev.lora4j.mixers.steps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.Extensions;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mixers in pictures of a random Stable Diffusion. */
class MixedPicturesTest {
  private static final Path FOLDER = Path.of("../../lora-diffusion/src/test/resources/tiny-sd");
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, FOLDER);
  private static final Adapter ONE = SD.adapter(FOLDER.resolve("lora-kohya.safetensors"));
  private static final Adapter TWO = SD.adapter(FOLDER.resolve("lora-kohya-2.safetensors"));
  private static final Prompt FOX = Prompt.of("a red fox").steps(4).seed(3);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static int[] picture(MixPlan plan, String... mixer) {
    Prompt prompt = FOX.mix(plan);
    for (String text : mixer) {
      prompt = prompt.mixer(Extensions.installed().make(Mixer.class, text));
    }
    BufferedImage image = SD.generate(prompt).image();
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @ParameterizedTest
  @ValueSource(strings = {"switch", "composite", "lbw", "schedule", "regions", "k-lora"})
  void oneAdapterIsItself(String mixer) {
    for (Adapter adapter : new Adapter[] {ONE, TWO}) {
      MixPlan plan = MixPlan.of(adapter, 0.8);
      assertArrayEquals(picture(plan), picture(plan, mixer));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"switch", "composite", "composite:shares=1 2", "composite:texts=all"})
  void weightsOfNothingAreTheBase(String mixer) {
    MixPlan nothing = MixPlan.of(ONE, 0).with(TWO, 0);
    assertArrayEquals(picture(MixPlan.NONE), picture(nothing, mixer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"switch:tau=2", "composite"})
  void additionalZeroWeightAdapterChangesNothing(String mixer) {
    MixPlan plan = MixPlan.of(ONE, 0.8).with(TWO, 0.5);
    assertArrayEquals(picture(plan, mixer), picture(plan.with(ONE, 0), mixer));
    assertFalse(Arrays.equals(picture(plan), picture(plan, mixer)), "it is the plain sum");
  }

  @Test
  void turnOfAllStepsIsTheFirstAlone() {
    MixPlan plan = MixPlan.of(TWO, 0.8).with(ONE, 0.5);
    assertArrayEquals(picture(MixPlan.of(TWO, 0.8)), picture(plan, "switch:tau=4"));
  }

  /** The mean of equals is what they are. */
  @Test
  void duplicateAdapterCountsOnce() {
    MixPlan twice = MixPlan.of(ONE, 0.8).with(ONE, 0.8);
    int[] once = picture(MixPlan.of(ONE, 0.8));
    assertEquals(0, distance(once, picture(twice, "composite")), 1);
    assertEquals(0, distance(once, picture(twice, "switch:tau=1")), 1);
  }

  /** The style counts nothing or all that matters, so that the other adapter is as good as away. */
  @Test
  void oneOfTwoIsChosenAtEachLayer() {
    MixPlan both = MixPlan.of(ONE, 0.8).with(TWO, 0.5);
    int[] style = picture(MixPlan.of(TWO, 0.5).with(ONE, Weight.of(0)), "k-lora");
    // Merged weights may lie otherwise in memory, which some processors round products by.
    assertTrue(distance(style, picture(MixPlan.of(TWO, 0.5))) <= 1);
    assertFalse(Arrays.equals(picture(both), picture(both, "k-lora")), "it is the plain sum");
    int[] first = picture(both, "k-lora:alpha=0.001,beta=0");
    int[] last = picture(both, "k-lora:beta=1000");
    assertFalse(Arrays.equals(first, last), "the style's size is of no effect");
  }

  private static int distance(int[] a, int[] b) {
    int most = 0;
    for (int i = 0; i < a.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        most = Math.max(most, Math.abs((a[i] >> shift & 0xff) - (b[i] >> shift & 0xff)));
      }
    }
    return most;
  }
}
