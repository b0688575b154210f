package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;

/**
 * Multistep sampling of latent consistency models (Luo et al. 2023, algorithm 3): the network's
 * picture, with new noise up to the next level. For networks or adapters that were distilled to it.
 */
@Extension(
    point = Sampler.class,
    name = "lcm",
    help = "For networks and adapters distilled to a few steps")
public final class Lcm implements Sampler {
  /** Number of timesteps that the distillation visits. */
  private static final int TAUGHT = 50;

  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    SamplingLevels.requireNoFlow(schedule, name());
    int most = Math.min(TAUGHT, schedule.size());
    if (steps < 1 || steps > most) {
      throw new IllegalArgumentException(
          "The sampler lcm makes from 1 to " + most + " steps, found " + steps);
    }
    List<NoiseLevel> levels = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int index = most - (int) ((long) i * most / steps);
      levels.add(schedule.level(index * (schedule.size() / most) - 1));
    }
    levels.add(NoiseLevel.CLEAN);
    return levels;
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
      ConsistencyBoundary shares = ConsistencyBoundary.at(run.level(step).timestep());
      float[] picture = Latents.sum(shares.out(), run.denoise(at, step), shares.skip(), at);
      NoiseLevel to = run.level(step + 1);
      float[] next =
          to.noise() > 0
              ? Latents.sum(to.signal(), picture, to.noise(), run.noise().next())
              : picture;
      at = run.after().done(step, next);
    }
    return at;
  }
}
