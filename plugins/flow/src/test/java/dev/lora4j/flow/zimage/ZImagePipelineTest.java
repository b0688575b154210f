package dev.lora4j.flow.zimage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny Z-Image from text to picture, against diffusers. */
class ZImagePipelineTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD =
      StableDiffusion.open(LORA, TinyPipeline.ZIMAGE.source());
  private static final int STEPS = 4;

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** The scale of diffusers' pipeline counts from 0. */
  private static Prompt prompt() {
    return Prompt.of(Goldens.PROMPT).seed(7).steps(STEPS).size(24, 16).guidance(4 + 1);
  }

  private static void assertPath(String run, StableDiffusion sd, Prompt prompt, int first) {
    LatentPath path = sd.paths(List.of(prompt)).get(0);
    assertEquals(STEPS - 1, path.latents().size());
    for (int step = first; step < STEPS - 1; step++) {
      ZImageGoldens.assertClose(run + ".step" + step, Goldens.doubles(path.latents().get(step)));
    }
  }

  private static String text(String name) {
    return switch (name) {
      case "prompt" -> Goldens.PROMPT;
      case "negative" -> Goldens.NEGATIVE;
      default -> "";
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "negative", "empty"})
  void promptsAreMessagesOfAChat(String name) {
    PromptTokenizer tokenizer = SD.tokenizers().get(0);
    int[] framed = tokenizer.framed(tokenizer.pieces(text(name)));
    long[] ids = Arrays.stream(framed).limit(tokenizer.end(framed) + 1).asLongStream().toArray();
    assertEquals(
        Arrays.toString(ZImageGoldens.expected(name + ".ids").doubles()),
        Arrays.toString(Arrays.stream(ids).asDoubleStream().toArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "negative", "empty"})
  void textsEndWhereTheChatDoes(String name) {
    double[] found = Goldens.doubles(SD.encodeCaptions(List.of(text(name)), 0).get(0).context());
    int told = ZImageGoldens.expected(name + ".context").doubles().length;
    ZImageGoldens.assertClose(name + ".context", Arrays.copyOf(found, told));
    assertTrue(Arrays.stream(found).skip(told).allMatch(number -> number == 0), "zeros behind it");
    assertEquals(512 * 16, found.length);
  }

  @Test
  void latentsOfEveryStepAreThoseOfDiffusers() {
    assertPath("plain", SD, prompt(), 0);
  }

  @Test
  void negativeTextsMayHaveAnotherLength() {
    assertPath("negative", SD, prompt().negative(Goldens.NEGATIVE), 2);
  }

  @Test
  void guidanceOneIsZeroThere() {
    assertPath("unguided", SD, prompt().guidance(1), 2);
  }

  @Test
  void picturesThatNeedNoFilling() {
    assertPath("larger", SD, prompt().size(32, 32), 2);
  }

  @Test
  void theShiftMayGoByTheSizeOfThePicture() {
    TinyPipeline.ZIMAGE.copy(folder);
    TinyPipeline.edit(
        folder.resolve("scheduler/scheduler_config.json"),
        json -> json.replace("\"use_dynamic_shifting\": false", "\"use_dynamic_shifting\": true"));
    try (StableDiffusion sd = StableDiffusion.open(LORA, folder)) {
      assertPath("sized", sd, prompt().size(32, 32), 2);
    }
  }

  /** A picture is what it is alone, beside one whose text has another length. */
  @Test
  void textsOfOtherLengthsInABatchChangeNothing() {
    Prompt other = prompt().negative("a").seed(8);
    double[] alone = Goldens.doubles(SD.paths(List.of(prompt())).get(0).latents().get(2));
    double[] beside = Goldens.doubles(SD.paths(List.of(prompt(), other)).get(0).latents().get(2));
    Goldens.assertClose("beside", alone, beside, 1e-6);
  }

  /** More runs of the encoder, without padding between what they give. */
  @Test
  void longTextsTakeMoreTokens() {
    Prompt again = prompt().guidance(1);
    String twice = Goldens.PROMPT + " BREAK " + Goldens.PROMPT;
    double[] once = Goldens.doubles(SD.paths(List.of(again)).get(0).latents().get(2));
    double[] more = Goldens.doubles(SD.paths(List.of(again.text(twice))).get(0).latents().get(2));
    assertTrue(!Arrays.equals(once, more), "the second part counts");
    assertTrue(Arrays.stream(more).allMatch(Double::isFinite));
  }

  @Test
  void thePictureIsThatOfDiffusers() {
    BufferedImage image = SD.generate(prompt()).image();
    double[] expected = ZImageGoldens.expected("image").doubles();
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
    ZImageGoldens.expected("picture").bytes().get(pixels);
    Picture picture = new Picture("picture", "", 24, 16, pixels);
    ZImageGoldens.assertClose("encoded", Goldens.doubles(SD.encode(List.of(picture)).get(0)));
  }

  @Test
  void defaultsAreThoseOfThePipeline() {
    assertEquals(6, SD.base().defaults().guidance());
    assertEquals("euler", SD.base().defaults().sampler().name());
    assertEquals(List.of(), SD.base().notes());
    assertEquals(4, SD.base().sizeUnit());
    assertEquals(128, SD.base().sampleSize());
    assertEquals(512, SD.base().contextTokens());
    assertEquals(256, SD.base().longestSide());
  }

  @ParameterizedTest
  @CsvSource({"heun", "dpmpp-2m", "unipc"})
  void otherSamplersForFlowsWork(String sampler) {
    float[] last = SD.paths(List.of(prompt().sampler(sampler))).get(0).latents().get(STEPS - 2);
    for (float number : last) {
      assertTrue(Float.isFinite(number));
    }
  }
}
