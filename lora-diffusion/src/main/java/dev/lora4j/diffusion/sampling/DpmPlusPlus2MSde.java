package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/** The same solver as {@link DpmPlusPlus2M}, of the stochastic equation. */
@Extension(
    point = Sampler.class,
    name = "dpmpp-2m-sde",
    help = "The same with new noise at each step")
public final class DpmPlusPlus2MSde implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    SamplingLevels.requireNoFlow(schedule, name());
    return SamplingLevels.solver(schedule, steps);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    return 1;
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    return new MultistepSolver(true).sample(run, x);
  }
}
