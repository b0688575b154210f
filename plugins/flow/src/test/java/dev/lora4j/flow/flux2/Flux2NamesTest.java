package dev.lora4j.flow.flux2;

import dev.lora4j.testkit.BaseFamilyContract;

/** Layers and names of FLUX.2 [klein] as a family of bases. */
class Flux2NamesTest extends BaseFamilyContract {
  Flux2NamesTest() {
    super("flux2");
  }
}
