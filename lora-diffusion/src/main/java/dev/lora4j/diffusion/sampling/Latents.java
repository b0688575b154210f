package dev.lora4j.diffusion.sampling;

/** Sums of latents with weights; each number is computed in F64 and rounded once. */
final class Latents {
  private Latents() {}

  /** {@code a * x + b * y}. */
  static float[] sum(double a, float[] x, double b, float[] y) {
    float[] result = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = (float) (a * x[i] + b * y[i]);
    }
    return result;
  }

  /** {@code a * x + b * y + c * z}. */
  static float[] sum(double a, float[] x, double b, float[] y, double c, float[] z) {
    float[] result = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = (float) (a * x[i] + b * y[i] + c * z[i]);
    }
    return result;
  }

  /**
   * Moves from one level straight towards another, along the noise that {@code denoised} leaves:
   * {@code signal' * denoised + noise' * (x - signal * denoised) / noise}.
   */
  static float[] along(float[] x, float[] denoised, NoiseLevel from, NoiseLevel to) {
    double ratio = to.noise() / from.noise();
    return sum(ratio, x, to.signal() - from.signal() * ratio, denoised);
  }
}
