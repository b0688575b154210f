package dev.lora4j.flow.zimage;

import dev.lora4j.testkit.BaseFamilyContract;

/** Layers and names of Z-Image as a family of bases. */
class ZImageNamesTest extends BaseFamilyContract {
  ZImageNamesTest() {
    super("zimage");
  }
}
