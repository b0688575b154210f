package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.flow.TextTrainingContract;
import dev.lora4j.flow.TinyPipeline;
import org.junit.jupiter.api.Test;

/** Text encoders that are trained with the transformer, and the guidance scale it is told. */
class FluxTextTrainingTest extends TextTrainingContract {
  FluxTextTrainingTest() {
    super(TinyPipeline.FLUX, "text_encoder", "text_encoder_2");
  }

  @Test
  void theGuidanceInTheStepIsThatOfPictures() {
    try (StableDiffusion sd = open(TinyPipeline.FLUX.source())) {
      float plain = loss(sd, PLAIN, TargetPreset.ATTENTION);
      assertEquals(plain, loss(sd, PLAIN.withGuidance(3.5), TargetPreset.ATTENTION));
      assertNotEquals(plain, loss(sd, PLAIN.withGuidance(1), TargetPreset.ATTENTION));
    }
  }
}
