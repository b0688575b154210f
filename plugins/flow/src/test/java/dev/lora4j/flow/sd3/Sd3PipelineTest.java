package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.PipelineContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A tiny Stable Diffusion 3.5 Medium from text to picture, against diffusers. */
class Sd3PipelineTest extends PipelineContract {
  private static final Prompt PROMPT = Sd3Goldens.TINY.prompt();
  private static final Prompt NEGATIVE = PROMPT.negative(Goldens.NEGATIVE);

  Sd3PipelineTest() {
    super(Sd3Goldens.TINY, "plain", new Defaults(7, 4, 8, 333));
  }

  private static void assertTexts(String run, List<EncodedCaption> found) {
    int words = found.get(0).context().length;
    int pooled = found.get(0).pooled().length;
    double[] context = new double[2 * words];
    double[] told = new double[2 * pooled];
    for (int row = 0; row < 2; row++) {
      double[] own = Goldens.doubles(found.get(row).context());
      System.arraycopy(own, 0, context, row * words, words);
      System.arraycopy(Goldens.doubles(found.get(row).pooled()), 0, told, row * pooled, pooled);
    }
    Sd3Goldens.TINY.assertClose(run + ".context", context);
    Sd3Goldens.TINY.assertClose(run + ".pooled", told);
  }

  @Test
  void textsAreEncodedAsDiffusersDoes() {
    assertTexts("plain", sd().encodeCaptions(List.of("", Goldens.PROMPT), 0));
    assertTexts("negative", sd().encodeCaptions(List.of(Goldens.NEGATIVE, Goldens.PROMPT), 0));
  }

  @Test
  void negativeTexts() {
    assertPath("negative", sd(), NEGATIVE, 0);
  }

  @Test
  void layersOfClipAreLeftOut() {
    assertPath("skip", sd(), PROMPT.clipSkip(1).guidance(1), 0);
  }

  @Test
  void withoutT5ZerosStandForItsWords() {
    Path without = TinyPipeline.SD3.without(folder(), "text_encoder_3");
    try (StableDiffusion sd = open(without)) {
      assertTexts("without", sd.encodeCaptions(List.of("", Goldens.PROMPT), 0));
      assertPath("without", sd, PROMPT, 0);
    }
  }

  @Test
  void aShiftMayGoByTheSizeOfThePicture() {
    TinyPipeline.SD3.copy(folder());
    TinyPipeline.edit(
        folder().resolve("scheduler/scheduler_config.json"),
        json ->
            json.replace("\"use_dynamic_shifting\": false", "\"use_dynamic_shifting\": true")
                .replace("\"exponential\"", "\"linear\""));
    try (StableDiffusion sd = open(folder())) {
      assertPath("sized", sd, PROMPT, 0);
    }
  }

  @Test
  void picturesOfABatchAreThoseMadeAlone() {
    List<LatentPath> paths = sd().paths(List.of(PROMPT, NEGATIVE));
    List<float[]> last = paths.stream().map(path -> path.latents().get(STEPS - 2)).toList();
    Sd3Goldens.TINY.assertClose("plain.step2", Goldens.doubles(last.get(0)));
    Sd3Goldens.TINY.assertClose("negative.step2", Goldens.doubles(last.get(1)));
    assertTrue(!Arrays.equals(last.get(0), last.get(1)));
  }
}
