package dev.lora4j.flow.flux2;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.flow.StepParity;
import java.util.List;

/** Steps of a LoRA on a tiny FLUX.2 [klein] that sees two reference pictures. */
class Flux2ReferenceStepTest extends StepParity {
  Flux2ReferenceStepTest() {
    super(
        Flux2Goldens.TINY,
        Shape.of(16, 4, 6),
        24,
        0,
        "reference-step",
        List.of(Shape.of(16, 4, 6), Shape.of(16, 3, 5)));
  }
}
