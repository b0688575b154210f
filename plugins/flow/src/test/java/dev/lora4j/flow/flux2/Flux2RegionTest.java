package dev.lora4j.flow.flux2;

import dev.lora4j.flow.RegionContract;

/** Adapters in a part of the picture, where modulations are those of all blocks. */
class Flux2RegionTest extends RegionContract {
  Flux2RegionTest() {
    super(Flux2Goldens.TINY, 2 + 3 + 1);
  }
}
