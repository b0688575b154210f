package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
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
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    return SamplingLevels.taught(schedule, steps, name(), NoiseLevel.CLEAN);
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
