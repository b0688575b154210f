package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.request.MicroConditioning;
import dev.lora4j.diffusion.request.MicroConditioning.Sizes;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Samplers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes that a Stable Diffusion XL is told, against diffusers. */
class MicroConditioningTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinyXl TINY = new TinyXl();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinyXl.FOLDER);
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/micro-conditioning.safetensors"));
  private static final int STEPS = 6;
  private static final Sizes TEXT = Sizes.OWN.original(20, 12).crop(2, 3).target(14, 18);
  private static final Sizes WITHOUT = Sizes.OWN.original(8, 6).crop(1, 5).target(24, 10);

  @AfterAll
  static void close() {
    GOLDEN.close();
    SD.close();
    LORA.close();
    TINY.close();
  }

  private static Prompt prompt(String run) {
    Prompt prompt = Prompt.of(TINY.prompt()).negative(TINY.negative());
    MicroConditioning micro =
        switch (run) {
          case "text" -> MicroConditioning.of(TEXT);
          case "negative" -> MicroConditioning.OWN.negative(WITHOUT);
          default -> MicroConditioning.of(TEXT).negative(WITHOUT);
        };
    return prompt.steps(STEPS).guidance(4).sampler("euler").micro(micro);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "negative", "both"})
  void latentsAreThoseOfDiffusers(String run) {
    try (Scope scope = SD.scope().child("test")) {
      float[] found =
          new Generation(scope, SD.base(), SD.programs(), SD.tokenizers(), prompt(run))
              .run(TINY.floats("latents"), () -> fail("Euler adds no noise"), (step, x) -> x);
      double signal =
          Samplers.named("euler").levels(SD.base().schedule(), STEPS).get(STEPS).signal();
      float[] expected = new float[found.length];
      ByteBuffer bytes = GOLDEN.read(run);
      float scale = 0;
      for (int i = 0; i < found.length; i++) {
        expected[i] = bytes.getFloat();
        found[i] /= (float) signal;
        scale = Math.max(scale, Math.abs(expected[i]));
      }
      assertArrayEquals(expected, found, 5e-5f * scale);
    }
  }

  @Test
  void pictureRecordHasTheSizeConditioning() {
    for (String run : new String[] {"text", "negative", "both"}) {
      MicroConditioning micro = prompt(run).micro();
      assertEquals(micro, SD.generate(prompt(run).steps(1)).record().prompt().micro());
    }
  }

  @Test
  void sizeConditioningIsRefusedForOtherBases() {
    try (StableDiffusion one = StableDiffusion.open(LORA, TinySd.FOLDER)) {
      Exception refused =
          assertThrows(IllegalArgumentException.class, () -> one.generate(prompt("text")));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("cannot be told sizes"),
          refused.getMessage());
    }
  }

  @Test
  void invalidSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Sizes.OWN.original(0, 5));
    assertThrows(IllegalArgumentException.class, () -> Sizes.OWN.target(5, 0));
    assertThrows(IllegalArgumentException.class, () -> Sizes.OWN.crop(-1, 0));
  }
}
