package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/**
 * Deterministic implicit sampling (Song et al. 2021, equation 12 with eta 0).
 *
 * <p>Its step is Euler's; it differs in where it begins, where it ends, and in how timesteps are
 * rounded.
 */
@Extension(
    point = Sampler.class,
    name = "ddim",
    help = "Deterministic, in few steps; alike in all programs")
public final class Ddim implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    SamplingLevels.requireNoFlow(schedule, name());
    return SamplingLevels.whole(schedule, steps, last(schedule));
  }

  private static NoiseLevel last(NoiseSchedule schedule) {
    NoiseLevel first = schedule.level(0);
    return schedule.config().setAlphaToOne()
        ? NoiseLevel.CLEAN
        : new NoiseLevel(first.signal(), first.noise(), 0);
  }

  @Override
  public boolean spreadsLevels() {
    return false;
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    return 1;
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    NoiseSchedule schedule = run.schedule();
    int stride = schedule.size() / run.steps();
    float[] at = x;
    for (int step = run.first(); step < run.steps(); step++) {
      NoiseLevel from = run.level(step);
      /*
       * diffusers leaves each timestep for the one a whole number of timesteps below it, also where
       * the next that it visits is another by rounding. The latents then count as being at the next.
       */
      int below = (int) from.timestep() - stride;
      NoiseLevel to = below >= 0 ? schedule.level(below) : last(schedule);
      at = run.after().done(step, Latents.along(at, run.denoise(at, step), from, to));
    }
    return at;
  }
}
