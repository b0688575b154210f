package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.request.Prompt;

/** What the whole way of a picture ends with before the decoder. */
final class MadeLatents {
  private MadeLatents() {}

  /** From noise that is given, for samplers that add none; in the scale of diffusers. */
  static float[] of(StableDiffusion sd, Prompt prompt, float[] noise) {
    try (Scope scope = sd.scope().child("test")) {
      return new Generation(scope, sd.base(), sd.programs(), sd.tokenizers(), prompt)
          .run(noise, () -> new float[noise.length], (step, x) -> x);
    }
  }

  /** The largest difference, as a share of the largest expected number. */
  static double error(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      double apart = Math.abs(expected[i] - found[i]);
      worst = Double.isNaN(apart) ? apart : Math.max(worst, apart);
    }
    return worst / scale;
  }
}
