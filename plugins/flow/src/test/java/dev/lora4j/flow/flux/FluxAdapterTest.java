package dev.lora4j.flow.flux;

import dev.lora4j.flow.AdapterContract;

/** Adapters of several programs on a tiny FLUX.1. */
class FluxAdapterTest extends AdapterContract {
  FluxAdapterTest() {
    super(FluxGoldens.TINY, "dev", 2 * 14 + 2 * 6 + 10, "kohya", "bfl", "onetrainer", "xlabs");
  }
}
