package dev.lora4j.flow.flux2;

import dev.lora4j.flow.LayersContract;
import java.util.Map;

/** Layers of FLUX.2 [klein] 4B: of its blocks 12 of two streams and 2 of one are linear. */
class Flux2LayersTest extends LayersContract {
  Flux2LayersTest() {
    super(
        "flux2-klein-4b",
        Flux2Configs.published(),
        Map.of(
            "attention", 5 * 8 + 20 * 2,
            "attention-feed-forward", 5 * 12 + 20 * 2,
            "style", 5 * 12 + 20 * 2,
            "linear", 5 * 12 + 20 * 2 + 9,
            "all", 5 * 12 + 20 * 2 + 9));
  }
}
