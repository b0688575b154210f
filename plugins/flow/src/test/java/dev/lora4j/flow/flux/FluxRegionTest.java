package dev.lora4j.flow.flux;

import dev.lora4j.flow.RegionContract;
import dev.lora4j.flow.TinyPipeline;

/** Adapters in a part of the picture, where words and picture share layers. */
class FluxRegionTest extends RegionContract {
  FluxRegionTest() {
    super(
        TinyPipeline.FLUX, FluxGoldens.FOLDER.resolve("diffusers.safetensors"), 3 * 2 + 6 + 1, 3.5);
  }
}
