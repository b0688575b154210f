package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract of a pipeline from text to picture: it makes what diffusers makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PipelineContract {
  /** Steps of most pictures. */
  protected static final int STEPS = 4;

  private static final int WIDTH = 24;
  private static final int HEIGHT = 16;

  @TempDir private Path folder = Path.of("");

  private final Lora4j lora = Lora4j.open();
  private final GoldenPipeline golden;
  private final String run;
  private final Defaults defaults;
  private final StableDiffusion sd;

  /**
   * For a pipeline.
   *
   * @param run whose latents of all steps are expected, and whose picture is
   */
  protected PipelineContract(GoldenPipeline golden, String run, Defaults defaults) {
    this.golden = golden;
    this.run = run;
    this.defaults = defaults;
    sd = StableDiffusion.open(lora, golden.pipeline().source());
  }

  /**
   * Defaults of a base.
   *
   * @param guidance scale
   * @param sizeUnit that sides of pictures are multiples of, in pixels
   * @param sampleSize side of pictures, in pixels
   * @param contextTokens tokens of a text
   */
  public record Defaults(double guidance, int sizeUnit, int sampleSize, int contextTokens) {}

  @AfterAll
  void close() {
    sd.close();
    lora.close();
  }

  /** The pipeline. */
  protected final StableDiffusion sd() {
    return sd;
  }

  /** Another pipeline. */
  protected final StableDiffusion open(Path base) {
    return StableDiffusion.open(lora, base);
  }

  /** An empty folder. */
  protected final Path folder() {
    return folder;
  }

  /** Requires the latents of a picture of {@link #STEPS} steps, from a step on. */
  protected final void assertPath(String name, StableDiffusion from, Prompt prompt, int first) {
    assertPath(name, from, prompt, STEPS, first);
  }

  /** Requires the latents of all steps but the last, from a step on. */
  protected final void assertPath(
      String name, StableDiffusion from, Prompt prompt, int steps, int first) {
    LatentPath path = from.paths(List.of(prompt.steps(steps))).get(0);
    assertEquals(steps - 1, path.latents().size());
    for (int step = first; step < steps - 1; step++) {
      golden.assertFromText(name + ".step" + step, Goldens.doubles(path.latents().get(step)));
    }
  }

  @Test
  void latentsOfEveryStepAreThoseOfDiffusers() {
    assertPath(run, sd, golden.prompt(), 0);
  }

  @Test
  void thePictureIsThatOfDiffusers() {
    assertPicture("image", sd);
  }

  /** Requires each number of a picture within what its rounding changes. */
  protected final void assertPicture(String name, StableDiffusion from) {
    BufferedImage image = from.generate(golden.prompt()).image();
    double[] expected = golden.expected(name).doubles();
    assertEquals(WIDTH * HEIGHT * 3, expected.length);
    int at = 0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
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
    assertEncoded("encoded", sd);
  }

  /** Requires the latents of the picture. */
  protected final void assertEncoded(String name, StableDiffusion from) {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    golden.expected("picture").bytes().get(pixels);
    Picture picture = new Picture("picture", "", WIDTH, HEIGHT, pixels);
    golden.assertClose(name, Goldens.doubles(from.encode(List.of(picture)).get(0)));
  }

  @Test
  void defaultsAreThoseOfThePipeline() {
    assertEquals(defaults.guidance(), sd.base().defaults().guidance());
    assertEquals("euler", sd.base().defaults().sampler().name());
    assertEquals(List.of(), sd.base().notes());
    assertEquals(defaults.sizeUnit(), sd.base().sizeUnit());
    assertEquals(defaults.sampleSize(), sd.base().sampleSize());
    assertEquals(defaults.contextTokens(), sd.base().contextTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"heun", "dpmpp-2m", "unipc"})
  void otherSamplersForFlowsWork(String sampler) {
    Prompt prompt = golden.prompt().sampler(sampler);
    float[] last = sd.paths(List.of(prompt)).get(0).latents().get(STEPS - 2);
    for (float number : last) {
      assertTrue(Float.isFinite(number));
    }
  }
}
