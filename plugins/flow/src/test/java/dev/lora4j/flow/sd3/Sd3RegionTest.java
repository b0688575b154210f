package dev.lora4j.flow.sd3;

import dev.lora4j.flow.RegionContract;

/** Adapters in a part of the picture, where each text has a stream of its own. */
class Sd3RegionTest extends RegionContract {
  Sd3RegionTest() {
    super(Sd3Goldens.TINY, 3 * 2 + 4 + 1);
  }
}
