package dev.lora4j.flow.zimage;

import dev.lora4j.flow.LayersContract;
import java.util.Map;

/**
 * Layers of Z-Image: of all 34 blocks four of attention, three of feed-forward parts, and one that
 * is told time.
 */
class ZImageLayersTest extends LayersContract {
  ZImageLayersTest() {
    super(
        "zimage",
        ZImageConfigs.published(),
        Map.of(
            "attention", 136,
            "attention-feed-forward", 238,
            "style", 238,
            "linear", 276,
            "all", 276));
  }
}
