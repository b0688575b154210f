package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/** DPM-Solver++ (Lu et al. 2022) of second order in several steps. */
@Extension(point = Sampler.class, name = "dpmpp-2m", help = "DPM-Solver++ of second order")
public final class DpmPlusPlus2M implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    return SamplingLevels.solver(schedule, steps);
  }

  @Override
  public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
    return 1;
  }

  @Override
  public float[] sample(SamplingRun run, float[] x) {
    return new MultistepSolver(false).sample(run, x);
  }
}
