package dev.lora4j.flow.flux2;

import dev.lora4j.flow.StreamingContract;

/** A tiny FLUX.2 [klein] whose weights are read block by block. */
class Flux2StreamingTest extends StreamingContract {
  Flux2StreamingTest() {
    super(Flux2Goldens.TINY, "kohya");
  }
}
