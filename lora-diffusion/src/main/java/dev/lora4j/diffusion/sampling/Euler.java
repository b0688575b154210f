package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/** Euler's method on the probability-flow equation (Karras et al. 2022, algorithm 1, no churn). */
@Extension(point = Sampler.class, name = "euler", help = "The plain first-order solver")
public final class Euler implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    return SamplingLevels.exact(schedule, steps);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    // With leading spacing the first level is not quite pure noise; what is missing is signal.
    return schedule.config().spacing() == SchedulerConfig.Spacing.LEADING
        ? 1
        : levels.get(0).noise();
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    float[] at = x;
    for (int step = run.first(); step < run.steps(); step++) {
      float[] denoised = run.denoise(at, step);
      float[] next = Latents.along(at, denoised, run.level(step), run.level(step + 1));
      at = run.after().done(step, next);
    }
    return at;
  }
}
