package dev.lora4j.flow.zimage;

import dev.lora4j.flow.StepParity;

/** Steps of a LoRA on a tiny Z-Image. */
class ZImageStepTest extends StepParity {
  ZImageStepTest() {
    super(ZImageGoldens.TINY, 16, 0);
  }
}
