package dev.lora4j.diffusion.denoiser;

/**
 * Embedding of the guidance scale for denoisers of latent consistency: sinusoids of a thousand
 * times the scale less 1 (Luo et al. 2023; diffusers' {@code get_guidance_scale_embedding}).
 */
public final class GuidanceEmbedding {
  private static final float MAX_PERIOD = 10_000;
  private static final float SCALE = 1000;

  private GuidanceEmbedding() {}

  /**
   * Sines, then cosines; a zero at the end if {@code width} is odd. Each step is rounded to F32 as
   * there, which the angles of thousands would show.
   */
  public static float[] numbers(double guidance, int width) {
    int half = width / 2;
    float told = ((float) (guidance - 1)) * SCALE;
    float fall = ((float) Math.log(MAX_PERIOD)) / (half - 1);
    float[] numbers = new float[width];
    for (int i = 0; i < half; i++) {
      float frequency = (float) Math.exp(i * -fall);
      float angle = told * frequency;
      numbers[i] = (float) Math.sin(angle);
      numbers[half + i] = (float) Math.cos(angle);
    }
    return numbers;
  }
}
