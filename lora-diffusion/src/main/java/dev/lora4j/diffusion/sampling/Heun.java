package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/**
 * Heun's method: Euler's step, and again with the mean of the slopes at both ends (Karras et al.
 * 2022, algorithm 1, no churn). Calls the network twice a step, but once at the last.
 */
@Extension(
    point = Sampler.class,
    name = "heun",
    help = "Second order; asks the network twice a step")
public final class Heun implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    return SamplingLevels.exact(schedule, steps);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    return new Euler().start(schedule, levels);
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    float[] at = x;
    for (int step = run.first(); step < run.steps(); step++) {
      NoiseLevel from = run.level(step);
      NoiseLevel to = run.level(step + 1);
      float[] denoised = run.denoise(at, step);
      float[] next = Latents.along(at, denoised, from, to);
      if (to.noise() > 0) {
        float[] there = run.denoiser().denoise(next, to, step);
        next =
            run.schedule().flow()
                ? flow(at, denoised, next, there, from, to)
                : corrected(at, denoised, next, there, from, to);
      }
      at = run.after().done(step, next);
    }
    return at;
  }

  /**
   * Corrects a step, in latents divided by their signal, in which the slope is (x - denoised) /
   * sigma.
   */
  private static float[] corrected(
      float[] x, float[] denoised, float[] next, float[] there, NoiseLevel from, NoiseLevel to) {
    double sigma = from.sigma();
    double half = (to.sigma() - sigma) / 2;
    float[] result = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double start = x[i] / from.signal();
      double slope = (start - denoised[i]) / sigma;
      double slopeThere = (next[i] / to.signal() - there[i]) / to.sigma();
      result[i] = (float) ((start + half * (slope + slopeThere)) * to.signal());
    }
    return result;
  }

  /** Along straight lines the slope is (x - denoised) / noise. */
  private static float[] flow(
      float[] x, float[] denoised, float[] next, float[] there, NoiseLevel from, NoiseLevel to) {
    double half = (to.noise() - from.noise()) / 2;
    float[] result = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double slope = (x[i] - denoised[i]) / from.noise();
      double slopeThere = (next[i] - there[i]) / to.noise();
      result[i] = (float) (x[i] + half * (slope + slopeThere));
    }
    return result;
  }
}
