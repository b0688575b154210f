package dev.lora4j.flow.zimage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.flow.StagedLayers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network at the published sizes has the layers of its family by name and shape. */
class ZImageLayersTest {
  @Test
  void layersAreThoseOfTheFamily() {
    assertEquals(StagedLayers.known("zimage"), StagedLayers.of(ZImageConfigs.published()));
  }

  /**
   * Of all 34 blocks: four of attention, three of feed-forward parts, and one that is told time.
   */
  @ParameterizedTest
  @CsvSource({
    "attention, 136",
    "attention-feed-forward, 238",
    "style, 238",
    "linear, 276",
    "all, 276"
  })
  void presetsHaveTheLayersOfTrainers(String preset, int count) {
    assertEquals(
        count,
        TargetPreset.named(preset)
            .among(StagedLayers.sites(ZImageConfigs.published()).values())
            .size());
  }
}
