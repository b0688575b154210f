package dev.lora4j.flow.zimage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.PipelineContract;
import dev.lora4j.flow.TinyPipeline;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny Z-Image from text to picture, against diffusers. */
class ZImagePipelineTest extends PipelineContract {
  private static final Prompt PROMPT = ZImageGoldens.TINY.prompt();

  ZImagePipelineTest() {
    super(ZImageGoldens.TINY, "plain", new Defaults(6, 4, 128, 512));
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
    PromptTokenizer tokenizer = sd().tokenizers().get(0);
    int[] framed = tokenizer.framed(tokenizer.pieces(text(name)));
    long[] ids = Arrays.stream(framed).limit(tokenizer.end(framed) + 1).asLongStream().toArray();
    assertEquals(
        Arrays.toString(ZImageGoldens.TINY.expected(name + ".ids").doubles()),
        Arrays.toString(Arrays.stream(ids).asDoubleStream().toArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "negative", "empty"})
  void textsEndWhereTheChatDoes(String name) {
    double[] found = Goldens.doubles(sd().encodeCaptions(List.of(text(name)), 0).get(0).context());
    int told = ZImageGoldens.TINY.expected(name + ".context").doubles().length;
    ZImageGoldens.TINY.assertClose(name + ".context", Arrays.copyOf(found, told));
    assertTrue(Arrays.stream(found).skip(told).allMatch(number -> number == 0), "zeros behind it");
    assertEquals(512 * 16, found.length);
  }

  @Test
  void negativeTextsMayHaveAnotherLength() {
    assertPath("negative", sd(), PROMPT.negative(Goldens.NEGATIVE), 2);
  }

  @Test
  void guidanceOneIsZeroThere() {
    assertPath("unguided", sd(), PROMPT.guidance(1), 2);
  }

  @Test
  void picturesThatNeedNoFilling() {
    assertPath("larger", sd(), PROMPT.size(32, 32), 2);
  }

  @Test
  void theShiftMayGoByTheSizeOfThePicture() {
    TinyPipeline.ZIMAGE.copy(folder());
    TinyPipeline.edit(
        folder().resolve("scheduler/scheduler_config.json"),
        json -> json.replace("\"use_dynamic_shifting\": false", "\"use_dynamic_shifting\": true"));
    try (StableDiffusion sd = open(folder())) {
      assertPath("sized", sd, PROMPT.size(32, 32), 2);
    }
  }

  /** A picture is what it is alone, beside one whose text has another length. */
  @Test
  void textsOfOtherLengthsInABatchChangeNothing() {
    Prompt other = PROMPT.negative("a").seed(8);
    double[] alone = Goldens.doubles(sd().paths(List.of(PROMPT)).get(0).latents().get(2));
    double[] beside = Goldens.doubles(sd().paths(List.of(PROMPT, other)).get(0).latents().get(2));
    Goldens.assertClose("beside", alone, beside, 1e-6);
  }

  /** More runs of the encoder, without padding between what they give. */
  @Test
  void longTextsTakeMoreTokens() {
    Prompt again = PROMPT.guidance(1);
    String twice = Goldens.PROMPT + " BREAK " + Goldens.PROMPT;
    double[] once = Goldens.doubles(sd().paths(List.of(again)).get(0).latents().get(2));
    double[] more = Goldens.doubles(sd().paths(List.of(again.text(twice))).get(0).latents().get(2));
    assertTrue(!Arrays.equals(once, more), "the second part counts");
    assertTrue(Arrays.stream(more).allMatch(Double::isFinite));
  }

  @Test
  void sidesHavePlacesForSoMany() {
    assertEquals(256, sd().base().longestSide());
  }
}
