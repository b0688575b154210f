package dev.lora4j.flow.flux2;

import dev.lora4j.flow.TextTrainingContract;
import dev.lora4j.flow.TinyPipeline;

/** A language model, of which three layers are heard, that is trained with the transformer. */
class Flux2TextTrainingTest extends TextTrainingContract {
  Flux2TextTrainingTest() {
    super(TinyPipeline.KLEIN, "text_encoder");
  }
}
