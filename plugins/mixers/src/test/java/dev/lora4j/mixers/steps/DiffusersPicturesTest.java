package dev.lora4j.mixers.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.Extensions;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Multi-LoRA Switch and Composite are what diffusers makes of the same requests. */
class DiffusersPicturesTest {
  private static final Path FOLDER = Path.of("../../lora-diffusion/src/test/resources/tiny-sd");
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, FOLDER);
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/mixed-pictures.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    SD.close();
    LORA.close();
  }

  private static MixPlan asked() {
    return MixPlan.of(SD.adapter(FOLDER.resolve("lora-kohya-2.safetensors")), 0.8)
        .with(SD.adapter(FOLDER.resolve("lora-kohya.safetensors")), 0.6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "switch.program; switch:tau=2,delay=1,texts=first",
        "switch.paper; switch:tau=2,texts=first",
        "composite.own; composite",
        "composite.all; composite:texts=all",
        "composite.1.3; composite:shares=1 3"
      })
  void thePictureIsDiffusers(String name, String mixer) {
    for (Route route : new Route[] {Route.MERGED, Route.UNMERGED}) {
      Prompt prompt =
          Prompt.of("a red fox")
              .steps(7)
              .guidance(3)
              .seed(7)
              .mix(asked().route(route))
              .mixer(Extensions.installed().make(Mixer.class, mixer));
      BufferedImage image = SD.generate(prompt).image();
      ByteBuffer expected = GOLDEN.read(name);
      assertEquals(expected.remaining(), 3 * image.getWidth() * image.getHeight());
      int others = 0;
      for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
        int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
        for (int shift = 16; shift >= 0; shift -= 8) {
          int distance = Math.abs((expected.get() & 0xff) - (rgb >> shift & 0xff));
          assertTrue(distance <= 1, "place " + i + " by " + route + " is off by " + distance);
          others += distance;
        }
      }
      assertTrue(others < 30, others + " levels are rounded to a neighbour");
    }
  }
}
