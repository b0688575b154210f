package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A tiny Stable Diffusion 3.5 Medium, from text to picture and with adapters, against diffusers.
 */
class Sd3PipelineTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, Goldens.PIPELINE);
  private static final double CLOSE = 1e-5;
  private static final int STEPS = 4;

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Prompt prompt(String run) {
    Prompt prompt = Prompt.of(Goldens.PROMPT).seed(7).steps(STEPS).guidance(4).size(24, 16);
    return switch (run) {
      case "negative" -> prompt.negative(Goldens.NEGATIVE);
      case "skip" -> prompt.clipSkip(1).guidance(1);
      default -> prompt;
    };
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
    Goldens.assertClose(run + ".context", context, CLOSE);
    Goldens.assertClose(run + ".pooled", told, CLOSE);
  }

  private static void assertPath(String run, StableDiffusion sd, Prompt prompt) {
    LatentPath path = sd.paths(List.of(prompt)).get(0);
    assertEquals(STEPS - 1, path.latents().size());
    for (int step = 0; step < STEPS - 1; step++) {
      double[] found = Goldens.doubles(path.latents().get(step));
      Goldens.assertClose(run + ".step" + step, found, CLOSE);
    }
  }

  @Test
  void textsAreEncodedAsDiffusersDoes() {
    assertTexts("plain", SD.encodeCaptions(List.of("", Goldens.PROMPT), 0));
    assertTexts("negative", SD.encodeCaptions(List.of(Goldens.NEGATIVE, Goldens.PROMPT), 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "negative", "skip"})
  void latentsOfEveryStepAreThoseOfDiffusers(String run) {
    assertPath(run, SD, prompt(run));
  }

  @Test
  void thePictureIsThatOfDiffusers() {
    BufferedImage image = SD.generate(prompt("plain")).image();
    double[] expected = Goldens.expected("image").doubles();
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
    Goldens.expected("picture").bytes().get(pixels);
    Picture picture = new Picture("picture", "", 24, 16, pixels);
    float[] latents = SD.encode(List.of(picture)).get(0);
    Goldens.assertClose("encoded", Goldens.doubles(latents), CLOSE);
  }

  @Test
  void withoutT5ZerosStandForItsWords() {
    Path without = TinyPipeline.SD3.without(folder, "text_encoder_3");
    try (StableDiffusion sd = StableDiffusion.open(LORA, without)) {
      assertTexts("without", sd.encodeCaptions(List.of("", Goldens.PROMPT), 0));
      assertPath("without", sd, prompt("without"));
    }
  }

  @Test
  void aShiftMayGoByTheSizeOfThePicture() {
    TinyPipeline.SD3.copy(folder);
    TinyPipeline.edit(
        folder.resolve("scheduler/scheduler_config.json"),
        json ->
            json.replace("\"use_dynamic_shifting\": false", "\"use_dynamic_shifting\": true")
                .replace("\"exponential\"", "\"linear\""));
    try (StableDiffusion sd = StableDiffusion.open(LORA, folder)) {
      assertPath("sized", sd, prompt("sized"));
    }
  }

  @Test
  void defaultsAreThoseOfThePipeline() {
    assertEquals(7, SD.base().defaults().guidance());
    assertEquals("euler", SD.base().defaults().sampler().name());
    assertEquals(List.of(), SD.base().notes());
    assertEquals(4, SD.base().sizeUnit());
  }

  /** Predictions with an adapter on given inputs, unmerged. */
  private static double[] predicted(Adapter adapter, double weight) {
    try (Scope scope = SD.scope().child("test")) {
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put("x", Goldens.expected("sd35m.hidden_states").on(scope));
      inputs.put("timesteps", Goldens.expected("sd35m.timestep").on(scope));
      inputs.put("context", Goldens.expected("sd35m.encoder_hidden_states").on(scope));
      inputs.put("pooled", Goldens.expected("sd35m.pooled_projections").on(scope));
      List<MixPlan> plans = List.of(MixPlan.of(adapter, weight));
      Tensor out = SD.rowPredictor(scope, plans).predict(scope, List.of(0, 0), inputs);
      return HostTensor.of(out).doubles();
    }
  }

  @Test
  void predictionsWithAnAdapterOfDiffusersAreItsOwn() {
    Adapter adapter = SD.adapter(Goldens.RESOURCES.resolve("diffusers.safetensors"));
    Goldens.assertClose("diffusers.out", predicted(adapter, 1), CLOSE);
    Goldens.assertClose("diffusers.weaker", predicted(adapter, 0.6), CLOSE);
  }

  @Test
  void predictionsWithAnAdapterOfSdScriptsAreItsOwn() {
    Adapter adapter = SD.adapter(Goldens.RESOURCES.resolve("kohya.safetensors"));
    Goldens.assertClose("kohya.out", predicted(adapter, 1), CLOSE);
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGED", "UNMERGED"})
  void picturesWithAnAdapterAreThoseOfDiffusers(Route route) {
    Adapter adapter = SD.adapter(Goldens.RESOURCES.resolve("diffusers.safetensors"));
    Prompt plain = prompt("diffusers");
    assertPath("diffusers", SD, plain.mix(MixPlan.of(adapter, 0.6).route(route)));
  }

  @Test
  void picturesOfABatchAreThoseMadeAlone() {
    List<Prompt> both = List.of(prompt("plain"), prompt("negative").seed(7));
    List<LatentPath> paths = SD.paths(both);
    for (int i = 0; i < 2; i++) {
      float[] last = paths.get(i).latents().get(STEPS - 2);
      Goldens.assertClose(
          (i == 0 ? "plain" : "negative") + ".step" + (STEPS - 2), Goldens.doubles(last), CLOSE);
    }
    assertTrue(
        !Arrays.equals(
            paths.get(0).latents().get(STEPS - 2), paths.get(1).latents().get(STEPS - 2)));
  }
}
