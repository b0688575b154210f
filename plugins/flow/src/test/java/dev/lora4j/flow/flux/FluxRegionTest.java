package dev.lora4j.flow.flux;

import dev.lora4j.flow.RegionContract;

/** Adapters in a part of the picture, where words and picture share layers. */
class FluxRegionTest extends RegionContract {
  FluxRegionTest() {
    super(FluxGoldens.TINY, 3 * 2 + 6 + 1);
  }
}
