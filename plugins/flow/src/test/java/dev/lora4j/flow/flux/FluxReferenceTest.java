package dev.lora4j.flow.flux;

import dev.lora4j.flow.ReferenceContract;

/** FLUX.1 Kontext's reference picture, on a tiny FLUX.1. */
class FluxReferenceTest extends ReferenceContract {
  FluxReferenceTest() {
    super(FluxGoldens.TINY, 1);
  }
}
