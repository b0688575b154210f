package dev.lora4j.flow.zimage;

import dev.lora4j.flow.RegionContract;
import dev.lora4j.flow.TinyPipeline;

/** Adapters in a part of the picture, which is filled up, as its texts are. */
class ZImageRegionTest extends RegionContract {
  ZImageRegionTest() {
    super(TinyPipeline.ZIMAGE, ZImageGoldens.FOLDER.resolve("diffusers.safetensors"), 3 + 2 + 1, 5);
  }
}
