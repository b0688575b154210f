package dev.lora4j.flow.flux;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.flow.StepParity;
import java.util.List;

/** Steps of a LoRA on FLUX.1 Kontext, which sees a reference picture, on a tiny FLUX.1. */
class FluxReferenceStepTest extends StepParity {
  FluxReferenceStepTest() {
    super(
        FluxGoldens.TINY,
        Shape.of(16, 8, 12),
        16,
        12,
        "reference-step",
        List.of(Shape.of(16, 6, 10)));
  }
}
