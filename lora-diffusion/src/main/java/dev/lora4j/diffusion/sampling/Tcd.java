package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/**
 * Strategic stochastic sampling of trajectory consistency distillation (Zheng et al. 2024,
 * algorithm 4): straight to below the next level, and new noise up to it. For networks or adapters
 * that were distilled to it, Hyper-SD's among them.
 */
@Extension(
    point = Sampler.class,
    name = "tcd",
    help = "For networks and adapters distilled to a few steps, with less new noise than lcm")
public final class Tcd implements Sampler {
  /** Share of the way to the next timestep that is made of new noise, as its authors have it. */
  private static final double GAMMA = 0.3;

  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    NoiseLevel first = schedule.level(0);
    // diffusers ends at the least noisy timestep, and takes the latents there for the picture's.
    return SamplingLevels.taught(
        schedule, steps, name(), new NoiseLevel(first.signal(), first.noise(), 0));
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
    float[] at = x;
    for (int step = run.first(); step < run.steps(); step++) {
      NoiseLevel to = run.level(step + 1);
      NoiseLevel below = run.schedule().level((int) Math.floor((1 - GAMMA) * to.timestep()));
      float[] jumped = Latents.along(at, run.denoise(at, step), run.level(step), below);
      if (step < run.steps() - 1) {
        double kept = to.signal() / below.signal();
        double added = Math.sqrt(Math.max(0, 1 - kept * kept));
        jumped = Latents.sum(kept, jumped, added, run.noise().next());
      }
      at = run.after().done(step, jumped);
    }
    return at;
  }
}
