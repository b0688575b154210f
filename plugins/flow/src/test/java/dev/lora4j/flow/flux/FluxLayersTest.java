package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.flow.StagedLayers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The network at the published sizes has the layers that lora-diffusion knows by name and shape.
 */
class FluxLayersTest {
  @Test
  void dev() {
    assertEquals(StagedLayers.known("flux"), StagedLayers.of(FluxConfigs.published(true)));
  }

  @Test
  void schnellHasNoEmbedderOfTheGuidance() {
    Map<String, Shape> known = StagedLayers.known("flux");
    known.keySet().removeIf(name -> name.contains(".guidance_embedder."));
    assertEquals(known, StagedLayers.of(FluxConfigs.published(false)));
  }

  /** Of which 342 are those that diffusers' script trains, and 494 all linear layers of blocks. */
  @ParameterizedTest
  @CsvSource({
    "attention, 266",
    "attention-feed-forward, 342",
    "style, 342",
    "linear, 504",
    "all, 504"
  })
  void presetsHaveTheLayersOfTrainers(String preset, int count) {
    assertEquals(
        count,
        TargetPreset.named(preset)
            .among(StagedLayers.sites(FluxConfigs.published(true)).values())
            .size());
  }

  @Test
  void blocksHave494LinearLayers() {
    long count =
        TargetPreset.LINEAR.among(StagedLayers.sites(FluxConfigs.published(true)).values()).stream()
            .filter(site -> site.name().contains("transformer_blocks."))
            .count();
    assertEquals(494, count);
  }
}
