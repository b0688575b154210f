package dev.lora4j.flow.sd3;

import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.StepParity;
import dev.lora4j.flow.TinyPipeline;

/** Steps of a LoRA on a tiny Stable Diffusion 3.5 Medium. */
class Sd3StepTest extends StepParity {
  Sd3StepTest() {
    super(TinyPipeline.SD3, Goldens.RESOURCES, 32, 24);
  }
}
