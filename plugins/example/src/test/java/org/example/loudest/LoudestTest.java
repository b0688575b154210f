package org.example.loudest;

import dev.lora4j.testkit.DeltaMixerContract;

/** All that a mixer promises. */
class LoudestTest extends DeltaMixerContract {
  LoudestTest() {
    super("loudest");
  }
}
