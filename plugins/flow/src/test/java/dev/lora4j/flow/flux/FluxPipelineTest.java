package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.PipelineContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A tiny FLUX.1 from text to picture, against diffusers. */
class FluxPipelineTest extends PipelineContract {
  FluxPipelineTest() {
    super(FluxGoldens.TINY, "dev", new Defaults(3.5, 4, 128, 512));
  }

  /** Without a guidance scale, which the base has one of its own for. */
  private static Prompt prompt() {
    return Prompt.of(Goldens.PROMPT).seed(7).size(24, 16);
  }

  private static void assertText(String run, StableDiffusion sd) {
    EncodedCaption found = sd.encodeCaptions(List.of(Goldens.PROMPT), 0).get(0);
    FluxGoldens.TINY.assertFromText(run + ".context", Goldens.doubles(found.context()));
    FluxGoldens.TINY.assertClose(run + ".pooled", Goldens.doubles(found.pooled()));
  }

  @Test
  void textsAreEncodedAsDiffusersDoes() {
    assertText("dev", sd());
  }

  @Test
  void theGuidanceScaleIsTold() {
    assertPath("stronger", sd(), prompt().guidance(6), 2);
  }

  @Test
  void theDefaultGuidanceScaleIsTold() {
    assertPath("dev", sd(), prompt(), 0);
  }

  @Test
  void theShiftGoesByTheSizeOfThePicture() {
    assertPath("larger", sd(), prompt().size(40, 32), 2);
  }

  @Test
  void schnellReadsFewerWordsAndHasNoShift() {
    try (StableDiffusion sd = open(FluxGoldens.schnell(folder()))) {
      assertText("schnell", sd);
      assertPath("fast", sd, prompt(), 2);
      assertPath("negative", sd, prompt().guidance(4).negative(Goldens.NEGATIVE), 2);
      assertEquals(1, sd.base().defaults().guidance());
    }
  }
}
