package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny FLUX.1 from text to picture, against diffusers. */
class FluxPipelineTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinyPipeline.FLUX.source());
  private static final int STEPS = 4;

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Prompt prompt() {
    return Prompt.of(Goldens.PROMPT).seed(7).steps(STEPS).size(24, 16);
  }

  private static void assertText(String run, StableDiffusion sd) {
    EncodedCaption found = sd.encodeCaptions(List.of(Goldens.PROMPT), 0).get(0);
    FluxGoldens.assertClose(run + ".context", Goldens.doubles(found.context()));
    FluxGoldens.assertClose(run + ".pooled", Goldens.doubles(found.pooled()));
  }

  private static void assertPath(String run, StableDiffusion sd, Prompt prompt, int first) {
    LatentPath path = sd.paths(List.of(prompt)).get(0);
    assertEquals(STEPS - 1, path.latents().size());
    for (int step = first; step < STEPS - 1; step++) {
      FluxGoldens.assertClose(run + ".step" + step, Goldens.doubles(path.latents().get(step)));
    }
  }

  @Test
  void textsAreEncodedAsDiffusersDoes() {
    assertText("dev", SD);
  }

  @Test
  void latentsOfEveryStepAreThoseOfDiffusers() {
    assertPath("dev", SD, prompt(), 0);
  }

  @Test
  void theGuidanceScaleIsTold() {
    assertPath("stronger", SD, prompt().guidance(6), 2);
  }

  @Test
  void theShiftGoesByTheSizeOfThePicture() {
    assertPath("larger", SD, prompt().size(40, 32), 2);
  }

  @Test
  void schnellReadsFewerWordsAndHasNoShift() {
    try (StableDiffusion sd = StableDiffusion.open(LORA, FluxGoldens.schnell(folder))) {
      assertText("schnell", sd);
      assertPath("fast", sd, prompt(), 2);
      assertPath("negative", sd, prompt().guidance(4).negative(Goldens.NEGATIVE), 2);
      assertEquals(1, sd.base().defaults().guidance());
    }
  }

  @Test
  void thePictureIsThatOfDiffusers() {
    BufferedImage image = SD.generate(prompt()).image();
    double[] expected = FluxGoldens.expected("image").doubles();
    int at = 0;
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 24; x++) {
        for (int shift = 16; shift >= 0; shift -= 8) {
          int found = image.getRGB(x, y) >> shift & 0xff;
          double wanted = 255 * expected[at++];
          assertTrue(Math.abs(wanted - found) <= 0.51, found + " for " + wanted);
        }
      }
    }
  }

  @Test
  void picturesAreEncodedAsDiffusersDoes() {
    byte[] pixels = new byte[16 * 24 * 3];
    FluxGoldens.expected("picture").bytes().get(pixels);
    Picture picture = new Picture("picture", "", 24, 16, pixels);
    FluxGoldens.assertClose("encoded", Goldens.doubles(SD.encode(List.of(picture)).get(0)));
  }

  @Test
  void defaultsAreThoseOfThePipeline() {
    assertEquals(3.5, SD.base().defaults().guidance());
    assertEquals("euler", SD.base().defaults().sampler().name());
    assertEquals(List.of(), SD.base().notes());
    assertEquals(4, SD.base().sizeUnit());
    assertEquals(128, SD.base().sampleSize());
    assertEquals(512, SD.base().contextTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"heun", "dpmpp-2m", "unipc"})
  void otherSamplersForFlowsWork(String sampler) {
    float[] last = SD.paths(List.of(prompt().sampler(sampler))).get(0).latents().get(STEPS - 2);
    for (float number : last) {
      assertTrue(Float.isFinite(number));
    }
  }
}
