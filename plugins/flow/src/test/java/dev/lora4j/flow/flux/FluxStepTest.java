package dev.lora4j.flow.flux;

import dev.lora4j.flow.StepParity;

/** Steps of a LoRA on a tiny FLUX.1, which is told a guidance scale of 3.5. */
class FluxStepTest extends StepParity {
  FluxStepTest() {
    super(FluxGoldens.TINY, 16, 12);
  }
}
