package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.flow.LayersContract;
import dev.lora4j.flow.StagedLayers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Layers of FLUX.1: 342 are those that diffusers' script trains, and 494 all linear layers of
 * blocks.
 */
class FluxLayersTest extends LayersContract {
  FluxLayersTest() {
    super(
        "flux",
        FluxConfigs.published(true),
        Map.of(
            "attention", 266,
            "attention-feed-forward", 342,
            "style", 342,
            "linear", 504,
            "all", 504));
  }

  @Test
  void schnellHasNoEmbedderOfTheGuidance() {
    Map<String, Shape> known = StagedLayers.known("flux");
    known.keySet().removeIf(name -> name.contains(".guidance_embedder."));
    assertEquals(known, StagedLayers.of(FluxConfigs.published(false)));
  }

  @Test
  void blocksHave494LinearLayers() {
    long count =
        among(TargetPreset.LINEAR).stream()
            .filter(site -> site.name().contains("transformer_blocks."))
            .count();
    assertEquals(494, count);
  }
}
