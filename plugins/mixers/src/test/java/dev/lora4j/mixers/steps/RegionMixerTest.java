package dev.lora4j.mixers.steps;

import static dev.lora4j.mixers.steps.Asked.SITES;
import static dev.lora4j.mixers.steps.Asked.adapter;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegionMixerTest {
  private static final MixPlan ASKED = MixPlan.of(adapter("ink"), 0.7).with(adapter("glow"), 0.5);

  private static MixPlan mix(String settings, MixPlan asked) {
    return ((WeightMixer) Extensions.installed().make(Mixer.class, "regions" + settings))
        .plan(asked, 4, SITES, Asked.UNSEEN);
  }

  private static float[] shares(String settings, GridSize size) {
    return mix(settings, ASKED).parts().get(0).area().orElseThrow().on(size);
  }

  /** The share at each of two rows of four places. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "left | 1 1 0 0 1 1 0 0",
        "right | 0 0 1 1 0 0 1 1",
        "top | 1 1 1 1 0 0 0 0",
        "bottom | 0 0 0 0 1 1 1 1",
        "middle | 0 .5 .5 0 0 .5 .5 0",
        "0-0.25x0.5-1 | 0 0 0 0 1 0 0 0",
        "0-1x0-1 | 1 1 1 1 1 1 1 1"
      })
  void areas(String area, String expected) {
    String[] numbers = expected.split(" ", -1);
    float[] all = new float[8];
    for (int i = 0; i < 8; i++) {
      all[i] = Float.parseFloat(numbers[i]);
    }
    assertArrayEquals(all, shares(":areas=ink=" + area, new GridSize(2, 4)), 1e-6f);
  }

  @Test
  void innerEdgesAreFeatheredPictureEdgesAreNot() {
    float[] row = shares(":areas=ink=left,feather=0.5", new GridSize(1, 8));
    assertArrayEquals(new float[] {1, 1, 0.875f, 0.625f, 0.375f, 0.125f, 0, 0}, row, 1e-5f);
  }

  @Test
  void adaptersHaveTheirOwnRegions() {
    assertEquals(
        "ink 0.7 within left + glow 0.5 within right", mix(":areas=left right", ASKED).toString());
    MixPlan one = mix(":areas=glow=top", ASKED);
    assertEquals(Optional.empty(), one.parts().get(0).area());
    assertEquals(ASKED.toString(), mix("", ASKED).toString());
  }

  @Test
  void adapterWithRegionIsRefusedAnother() {
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> mix(":areas=ink=top", mix(":areas=ink=left", ASKED)));
    assertEquals(
        "regions cannot place ink, which has a region already: left", refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"centre", "0.5-0.2x0-1", "0-1", "0-1x0-2", "ink="})
  void invalidAreasAreRefusedAtOnce(String area) {
    Exception refused = assertThrows(ExtensionException.class, () -> mix(":areas=" + area, ASKED));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("found '" + area.replace("ink=", "") + "'"),
        refused.getMessage());
  }
}
