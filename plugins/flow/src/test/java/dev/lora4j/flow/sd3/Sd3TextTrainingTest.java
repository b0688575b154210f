package dev.lora4j.flow.sd3;

import dev.lora4j.flow.TextTrainingContract;
import dev.lora4j.flow.TinyPipeline;
import org.junit.jupiter.api.Test;

/** Text encoders that are trained with the transformer. */
class Sd3TextTrainingTest extends TextTrainingContract {
  Sd3TextTrainingTest() {
    super(TinyPipeline.SD3, "text_encoder", "text_encoder_2");
  }

  @Test
  void withoutT5Too() {
    assertSame(TinyPipeline.SD3.without(other(), "text_encoder_3"));
  }
}
