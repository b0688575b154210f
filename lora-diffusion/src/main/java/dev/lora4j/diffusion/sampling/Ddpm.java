package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.Extension;
import java.util.List;

/** Ancestral sampling (Ho et al. 2020, equations 6 and 7), with the smaller of its variances. */
@Extension(
    point = Sampler.class,
    name = "ddpm",
    help = "As the network was taught, in few steps; new noise at each")
public final class Ddpm implements Sampler {
  @Override
  public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
    SamplingLevels.requireNoFlow(schedule, name());
    return SamplingLevels.whole(schedule, steps, NoiseLevel.CLEAN);
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
      NoiseLevel from = run.level(step);
      NoiseLevel to = run.level(step + 1);
      double kept = from.signal() / to.signal();
      double added = 1 - kept * kept;
      double left = from.noise() * from.noise();
      double next = to.noise() * to.noise();
      float[] denoised = run.denoise(at, step);
      at =
          run.after()
              .done(
                  step,
                  Latents.sum(
                      kept * next / left,
                      at,
                      to.signal() * added / left,
                      denoised,
                      Math.sqrt(next / left * added),
                      run.noise().next()));
    }
    return at;
  }
}
