package dev.lora4j.flow.sd3;

import dev.lora4j.flow.StepParity;

/** Steps of a LoRA on a tiny Stable Diffusion 3.5 Medium. */
class Sd3StepTest extends StepParity {
  Sd3StepTest() {
    super(Sd3Goldens.TINY, 32, 24);
  }
}
