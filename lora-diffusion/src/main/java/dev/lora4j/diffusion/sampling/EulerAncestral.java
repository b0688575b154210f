package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/**
 * Euler's method to below the next level, and new noise up to it (k-diffusion's {@code
 * sample_euler_ancestral} with eta 1).
 */
@Extension(point = Sampler.class, name = "euler-a", help = "Euler with new noise at each step")
public final class EulerAncestral implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    SamplingLevels.requireNoFlow(schedule, name());
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
      double sigma = from.sigma();
      double next = to.sigma();
      double up = Math.sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma));
      double down = Math.sqrt(Math.max(0, next * next - up * up));
      double ratio = down / sigma * to.signal() / from.signal();
      float[] denoised = run.denoise(at, step);
      at =
          run.after()
              .done(
                  step,
                  Latents.sum(
                      ratio,
                      at,
                      to.signal() * (1 - down / sigma),
                      denoised,
                      up * to.signal(),
                      run.noise().next()));
    }
    return at;
  }
}
