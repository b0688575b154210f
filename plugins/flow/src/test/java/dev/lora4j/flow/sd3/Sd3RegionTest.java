package dev.lora4j.flow.sd3;

import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.RegionContract;
import dev.lora4j.flow.TinyPipeline;

/** Adapters in a part of the picture, where each text has a stream of its own. */
class Sd3RegionTest extends RegionContract {
  Sd3RegionTest() {
    super(TinyPipeline.SD3, Goldens.RESOURCES.resolve("diffusers.safetensors"), 3 * 2 + 4 + 1, 4);
  }
}
