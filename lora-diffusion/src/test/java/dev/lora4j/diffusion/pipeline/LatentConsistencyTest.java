package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.TinyFolder;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.denoiser.GuidanceEmbedding;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Denoisers that are told the guidance scale, as whole models of latent consistency are. */
class LatentConsistencyTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/latent-consistency.safetensors"));
  private static final int WIDTH = 16;
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";
  private static final String TOLD = "time_embedding.cond_proj.weight";
  private static final Prompt PROMPT =
      Prompt.of("A red fox, drawn with ink").seed(5).steps(4).guidance(4.5);

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    LORA.close();
    GOLDEN.close();
  }

  private static float[] golden(String name) {
    float[] values = new float[(int) GOLDEN.tensors().get(name).shape().elements()];
    ByteBuffer bytes = GOLDEN.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  /** A tiny model that is told the guidance scale, by a weight that is a formula. */
  private StableDiffusion model(String name) throws IOException {
    TinyFolder.copy(name.equals("sd") ? TinySd.FOLDER : TinyXl.FOLDER, folder)
        .set("unet/config.json", "time_cond_proj_dim", "" + WIDTH)
        .set("scheduler/scheduler_config.json", "_class_name", "\"LCMScheduler\"");
    Path weights = folder.resolve("unet").resolve(WEIGHTS);
    Path before = Files.move(weights, folder.resolve("before.safetensors"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors plain = Safetensors.open(before)) {
      plain
          .tensors()
          .values()
          .forEach(t -> writer.add(t.name(), t.dtype(), t.shape(), plain.read(t.name())));
      int sinusoids = name.equals("sd") ? 16 : 8;
      float[] numbers = FormulaModel.numbers(TOLD, sinusoids * WIDTH);
      ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float number : numbers) {
        bytes.putFloat(number * (float) Math.sqrt(3.0 / WIDTH));
      }
      writer.add(TOLD, DType.F32, Shape.of(sinusoids, WIDTH), bytes.array());
      writer.write(weights);
    }
    return StableDiffusion.open(LORA, folder);
  }

  private static float[] latents(StableDiffusion sd, List<Prompt> prompts) {
    try (Scope scope = sd.scope().child("test")) {
      return new Generation(
              scope, sd.base(), sd.programs(), sd.tokenizers(), prompts, StepListener.NONE)
          .run(StepListener.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd", "xl"})
  void latentsAreThoseOfDiffusers(String name) throws IOException {
    try (StableDiffusion sd = model(name)) {
      float[] found = latents(sd, List.of(PROMPT));
      assertTrue(MadeLatents.error(golden(name), found) < 2e-5, name);
      assertEquals("lcm", sd.generate(PROMPT).prompt().sampler());
    }
  }

  @Test
  void batchPicturesHaveTheirOwnGuidance() throws IOException {
    try (StableDiffusion sd = model("sd")) {
      Prompt other = PROMPT.guidance(8);
      float[] both = latents(sd, List.of(PROMPT, other));
      int values = both.length / 2;
      float[] first = Arrays.copyOf(both, values);
      float[] second = Arrays.copyOfRange(both, values, both.length);
      assertTrue(MadeLatents.error(latents(sd, List.of(PROMPT)), first) < 1e-5);
      assertTrue(MadeLatents.error(latents(sd, List.of(other)), second) < 1e-5);
      assertTrue(MadeLatents.error(first, second) > 1e-3, "guidance changes nothing");
    }
  }

  @Test
  void aNegativeTextIsRefused() throws IOException {
    try (StableDiffusion sd = model("sd")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> sd.generate(PROMPT.negative("a cat")))
              .getMessage();
      assertTrue(message.contains("guided within"), message);
    }
  }

  @ParameterizedTest
  @CsvSource({"1.0", "4.5", "8.5", "0.5"})
  void guidanceEmbeddingIsThatOfDiffusers(String guidance) {
    double scale = Double.parseDouble(guidance);
    // Angles are up to 7500, so one rounding of a frequency in F32 is 5e-4 of a turn's radius.
    float[] even = GuidanceEmbedding.numbers(scale, WIDTH);
    assertTrue(MadeLatents.error(golden("embedding." + guidance), even) < 1e-3);
    float[] odd = GuidanceEmbedding.numbers(scale, 7);
    assertTrue(MadeLatents.error(golden("embedding." + guidance + ".odd"), odd) < 1e-3);
  }
}
