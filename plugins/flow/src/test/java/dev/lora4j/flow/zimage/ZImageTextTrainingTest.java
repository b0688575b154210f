package dev.lora4j.flow.zimage;

import dev.lora4j.flow.TextTrainingContract;
import dev.lora4j.flow.TinyPipeline;

/** A language model that is trained with the transformer. */
class ZImageTextTrainingTest extends TextTrainingContract {
  ZImageTextTrainingTest() {
    super(TinyPipeline.ZIMAGE, "text_encoder");
  }
}
