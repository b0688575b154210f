package dev.lora4j.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * Deterministic implicit sampling (Song et al. 2021, equation 12 with eta 0).
 *
 * <p>In latents divided by the root of what is left of the signal, its step is Euler's; it differs
 * in where it begins, where it ends, and in how timesteps are rounded.
 */
public final class Ddim implements Sampler {
  @Override
  public String name() {
    return "ddim";
  }

  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    List<NoiseLevel> levels = new ArrayList<>();
    int[] timesteps = schedule.timesteps(steps);
    for (int t : timesteps) {
      levels.add(new NoiseLevel(schedule.sigma(t), t));
    }
    levels.add(new NoiseLevel(last(schedule), 0));
    return levels;
  }

  private static double last(NoiseSchedule schedule) {
    return schedule.config().setAlphaToOne() ? 0 : schedule.sigma(0);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    double sigma = levels.get(0).sigma();
    return Math.sqrt(sigma * sigma + 1);
  }

  @Override
  public float[] step(
      NoiseSchedule schedule, List<NoiseLevel> levels, int step, float[] x, float[] denoised) {
    NoiseLevel from = levels.get(step);
    /*
     * diffusers leaves each timestep for the one a whole number of timesteps below it, also where the
     * next that it visits is another by rounding. The latents then count as being at the next level.
     */
    int below = (int) from.timestep() - schedule.size() / (levels.size() - 1);
    double left = below >= 0 ? schedule.sigma(below) : last(schedule);
    double next = levels.get(step + 1).sigma();
    float[] moved = Euler.towards(x, denoised, left / from.sigma());
    double rescale = Math.sqrt((1 + next * next) / (1 + left * left));
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (moved[i] * rescale);
    }
    return moved;
  }
}
