package dev.lora4j.flow.sd3;

import dev.lora4j.flow.StreamingContract;

/** A tiny Stable Diffusion 3.5 Medium whose weights are read block by block. */
class Sd3StreamingTest extends StreamingContract {
  Sd3StreamingTest() {
    super(Sd3Goldens.TINY, "kohya");
  }
}
