package dev.lora4j.flow.flux;

import dev.lora4j.flow.StreamingContract;

/** A tiny FLUX.1 whose weights are read block by block. */
class FluxStreamingTest extends StreamingContract {
  FluxStreamingTest() {
    super(FluxGoldens.TINY, "kohya");
  }
}
