package dev.lora4j.flow.flux2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.PipelineContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny FLUX.2 [klein] from text to picture, against diffusers. */
class Flux2PipelineTest extends PipelineContract {
  private static final Prompt PROMPT = Flux2Goldens.TINY.prompt();
  private static final int TOKENS = 512;
  private static final int WIDTH = 24;

  /** Rows of a text that the file has: the first, and the last of what fills it up. */
  private static final int FIRST = 48;

  private static final int LAST = 4;

  Flux2PipelineTest() {
    super(Flux2Goldens.TINY, "plain", new Defaults(4, 4, 64, TOKENS));
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
  void promptsAreMessagesOfAChatWithoutThoughts(String name) {
    PromptTokenizer tokenizer = sd().tokenizers().get(0);
    int[] framed = tokenizer.framed(tokenizer.pieces(text(name)));
    double[] expected = Flux2Goldens.TINY.expected(name + ".ids").doubles();
    assertEquals(TOKENS, framed.length);
    assertEquals(
        Arrays.toString(expected),
        Arrays.toString(Arrays.stream(framed).limit(expected.length).asDoubleStream().toArray()));
    int padding = framed[TOKENS - 1];
    assertEquals(
        TOKENS - expected.length,
        Arrays.stream(framed).skip(expected.length).filter(id -> id == padding).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "negative", "empty"})
  void textsAreThreeLayersSideBySideWithWhatFillsThemUp(String name) {
    double[] found = Goldens.doubles(sd().encodeCaptions(List.of(text(name)), 0).get(0).context());
    assertEquals(TOKENS * WIDTH, found.length);
    Flux2Goldens.TINY.assertClose(
        name + ".context",
        DoubleStream.concat(
                Arrays.stream(found).limit(FIRST * WIDTH),
                Arrays.stream(found).skip((TOKENS - LAST) * WIDTH))
            .toArray());
  }

  @Test
  void negativeTexts() {
    assertPath("negative", sd(), PROMPT.negative(Goldens.NEGATIVE), 2);
  }

  @Test
  void guidanceOneIsNone() {
    assertPath("unguided", sd(), PROMPT.guidance(1), 2);
  }

  @Test
  void theDefaultGuidanceIsThatOfDiffusers() {
    assertPath("plain", sd(), Prompt.of(Goldens.PROMPT).seed(7).size(24, 16), 2);
  }

  /** The published distilled model says so in its index. */
  @Test
  void distilledModelsHaveNoGuidance() {
    Path base = TinyPipeline.KLEIN.copy(folder());
    TinyPipeline.edit(
        base.resolve("model_index.json"),
        json -> json.replace("\"is_distilled\": false", "\"is_distilled\": true"));
    try (StableDiffusion sd = open(base)) {
      assertEquals(1, sd.base().defaults().guidance());
      assertEquals(List.of(), sd.base().notes());
      assertPath("unguided", sd, Prompt.of(Goldens.PROMPT).seed(7).size(24, 16), 2);
    }
  }

  /** The shift of levels goes by the size of the picture and the number of steps. */
  @ParameterizedTest
  @CsvSource({"larger, 4", "two, 2", "thirty, 30"})
  void otherSizesAndNumbersOfSteps(String run, int steps) {
    assertPath(run, sd(), PROMPT.size(40, 24), steps, steps - 2);
  }

  @Test
  void decodersMayHaveWidthsOfTheirOwn() {
    Path base = TinyPipeline.KLEIN.copy(folder().resolve("base"));
    TinyPipeline.remove(base, "vae");
    new TinyPipeline(Flux2Goldens.TINY.folder().resolve("small-decoder/vae"))
        .copy(base.resolve("vae"));
    try (StableDiffusion sd = open(base)) {
      assertPicture("small.image", sd);
      assertEncoded("small.encoded", sd);
    }
  }
}
