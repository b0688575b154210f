package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.clip.EmbeddingException;
import dev.lora4j.diffusion.conditioning.Conditioning;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.denoising.MixedNetworks;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.Samplers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Textual inversions in both prompts, against diffusers. */
class EmbeddingParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/embeddings");
  private static final Safetensors GOLDEN = Safetensors.open(FOLDER.resolve("golden.safetensors"));
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final StableDiffusion XL = StableDiffusion.open(LORA, TinyXl.FOLDER);
  private static final int STEPS = 6;

  @AfterAll
  static void close() {
    XL.close();
    SD.close();
    LORA.close();
    GOLDEN.close();
  }

  private static float[] floats(String name) {
    float[] values = new float[(int) GOLDEN.tensors().get(name).shape().elements()];
    ByteBuffer bytes = GOLDEN.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  private static void assertClose(String name, float[] found, double tolerance) {
    float[] expected = floats(name);
    double scale = 0;
    for (float v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    assertArrayEquals(expected, found, (float) (tolerance * scale), name);
  }

  private static Path file(String name) {
    return FOLDER.resolve(name + ".safetensors");
  }

  private static Prompt prompt(String model, String sampler, double guidance) {
    return Prompt.of(GOLDEN.metadata().get(model + ".prompt"))
        .negative(GOLDEN.metadata().get(model + ".negative"))
        .steps(STEPS)
        .guidance(guidance)
        .sampler(sampler);
  }

  private static Prompt sd() {
    Prompt plain = prompt("sd", "ddim", 3);
    return plain.with(SD.embedding(file("ball"))).with(SD.embedding(file("scribble")));
  }

  private static Prompt xl() {
    return prompt("xl", "euler", 4).with(XL.embedding(file("glaze")));
  }

  private static Map<String, Tensor> conditioning(StableDiffusion sd, Scope scope, Prompt prompt) {
    MixedNetworks networks =
        new MixedNetworks(scope, sd.base(), sd.programs(), MixPlan.NONE, STEPS);
    return new Conditioning(scope, networks.text(0), 0)
        .of(
            sd.base(),
            sd.tokenizers(),
            List.of(prompt.negative(), prompt.text()),
            prompt.words(),
            sd.base().zerosForNoText());
  }

  @Test
  void textsAreEncodedAsDiffusersDoes() {
    try (Scope scope = SD.scope().child("test")) {
      assertClose("sd.context", conditioning(SD, scope, sd()).get("context").floats(), 1e-5);
    }
    try (Scope scope = XL.scope().child("test")) {
      Map<String, Tensor> told = conditioning(XL, scope, xl());
      assertClose("xl.context", told.get("context").floats(), 1e-5);
      assertClose("xl.pooled", told.get("pooled").floats(), 1e-5);
    }
  }

  @Test
  void lastLatentsAreThoseOfDiffusers() {
    assertClose("sd.latents", latents(SD, "sd", sd()), 1e-4);
    List<NoiseLevel> levels = Samplers.named("euler").levels(XL.base().schedule(), STEPS);
    float[] found = latents(XL, "xl", xl());
    for (int i = 0; i < found.length; i++) {
      found[i] /= (float) levels.get(STEPS).signal();
    }
    assertClose("xl.latents", found, 1e-4);
  }

  private static float[] latents(StableDiffusion sd, String model, Prompt prompt) {
    try (Scope scope = sd.scope().child("test")) {
      return new Generation(scope, sd.base(), sd.programs(), sd.tokenizers(), prompt)
          .run(floats(model + ".start"), () -> fail("adds no noise"), (step, x) -> x);
    }
  }

  /** Weights, chunks and the word in upper case all lead to the same vectors. */
  @Test
  void embeddingsCountInLongAndWeightedPrompts() {
    try (Scope scope = SD.scope().child("test")) {
      Prompt prompt = sd();
      String far = "fox ".repeat(100);
      float[] plain = context(scope, prompt.text(far + "ball"));
      float[] upper = context(scope, prompt.text(far + "embedding:Ball"));
      assertArrayEquals(plain, upper);
      float[] weighted = context(scope, prompt.text(far + "(ball:1.3)"));
      assertFalse(Arrays.equals(plain, weighted));
      assertFalse(
          Arrays.equals(plain, context(scope, prompt.embeddings(List.of()).text(far + "ball"))));
    }
  }

  private static float[] context(Scope scope, Prompt prompt) {
    return conditioning(SD, scope, prompt).get("context").floats();
  }

  @Test
  void embeddingOfAnotherBaseIsRefusedWithWidths() {
    EmbeddingException forOne =
        assertThrows(EmbeddingException.class, () -> XL.embedding(file("ball")));
    assertTrue(forOne.getMessage().contains("one text encoder of width 24"), forOne.getMessage());
    assertTrue(forOne.getMessage().contains("widths 16 and 24"), forOne.getMessage());
    assertThrows(EmbeddingException.class, () -> SD.embedding(file("glaze")));
    Prompt foreign = prompt("sd", "ddim", 3).text("glaze").with(XL.embedding(file("glaze")));
    assertThrows(EmbeddingException.class, () -> SD.generate(foreign));
  }

  @Test
  void pictureRecordNamesTheEmbeddings() {
    Prompt prompt = sd().steps(1).text("a red fox");
    PictureRecord record = SD.generate(prompt).record();
    assertEquals(
        List.of(new PictureRecord.Word("scribble", SD.embedding(file("scribble")).identity())),
        record.embeddings());
  }
}
