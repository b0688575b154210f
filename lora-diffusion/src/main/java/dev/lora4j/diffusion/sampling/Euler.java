package dev.lora4j.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;

/** Euler's method on the probability-flow equation (Karras et al. 2022, algorithm 1, no churn). */
public final class Euler implements Sampler {
  @Override
  public String name() {
    return "euler";
  }

  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    List<NoiseLevel> levels = new ArrayList<>();
    for (int t : schedule.timesteps(steps)) {
      levels.add(new NoiseLevel(schedule.sigma(t), t));
    }
    levels.add(new NoiseLevel(0, 0));
    return levels;
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    double sigma = levels.get(0).sigma();
    // With leading spacing the first level is not quite pure noise; what is missing is signal.
    return schedule.config().spacing() == SchedulerConfig.Spacing.LEADING
        ? Math.sqrt(sigma * sigma + 1)
        : sigma;
  }

  @Override
  public float[] step(
      NoiseSchedule schedule, List<NoiseLevel> levels, int step, float[] x, float[] denoised) {
    return towards(x, denoised, levels.get(step + 1).sigma() / levels.get(step).sigma());
  }

  /** {@code denoised + (x - denoised) * ratio}: what noise is left, scaled to the next level. */
  static float[] towards(float[] x, float[] denoised, double ratio) {
    float[] next = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      next[i] = (float) (denoised[i] + (x[i] - denoised[i]) * ratio);
    }
    return next;
  }
}
