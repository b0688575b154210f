package dev.lora4j.flow.flux2;

import dev.lora4j.flow.ReferenceContract;
import org.junit.jupiter.api.Test;

/** Reference pictures of a tiny FLUX.2 [klein]. */
class Flux2ReferenceTest extends ReferenceContract {
  Flux2ReferenceTest() {
    super(Flux2Goldens.TINY, 10);
  }

  @Test
  void severalReferencesAreApart() {
    assertPath("two", 2);
  }
}
