package dev.lora4j.flow.zimage;

import dev.lora4j.flow.RegionContract;

/** Adapters in a part of the picture, which is filled up, as its texts are. */
class ZImageRegionTest extends RegionContract {
  ZImageRegionTest() {
    super(ZImageGoldens.TINY, 3 + 2 + 1);
  }
}
