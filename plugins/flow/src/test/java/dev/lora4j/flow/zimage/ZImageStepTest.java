package dev.lora4j.flow.zimage;

import dev.lora4j.flow.StepParity;
import dev.lora4j.flow.TinyPipeline;

/** Steps of a LoRA on a tiny Z-Image. */
class ZImageStepTest extends StepParity {
  ZImageStepTest() {
    super(TinyPipeline.ZIMAGE, ZImageGoldens.FOLDER, 16, 0);
  }
}
