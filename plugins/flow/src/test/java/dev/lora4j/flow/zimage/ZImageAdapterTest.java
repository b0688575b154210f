package dev.lora4j.flow.zimage;

import dev.lora4j.flow.AdapterContract;

/** Adapters of several programs on a tiny Z-Image. */
class ZImageAdapterTest extends AdapterContract {
  ZImageAdapterTest() {
    super(ZImageGoldens.TINY, "uneven", 4 * 7 + 3 + 6, "kohya", "musubi", "aitoolkit", "comfy");
  }
}
