package dev.lora4j.flow.flux2;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.flow.StepParity;

/** Steps of a LoRA on a tiny FLUX.2 [klein]. */
class Flux2StepTest extends StepParity {
  Flux2StepTest() {
    super(Flux2Goldens.TINY, Shape.of(16, 4, 6), 24, 0);
  }
}
