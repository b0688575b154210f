package dev.lora4j.diffusion.train.objective;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;

/** Distribution of timesteps: maps a number that is uniform in [0, 1) to a timestep. */
final class TimestepDistribution {
  private final TimestepSettings settings;
  private final NoiseSchedule schedule;

  TimestepDistribution(TimestepSettings settings, NoiseSchedule schedule) {
    this.settings = settings;
    this.schedule = schedule;
  }

  /** The level at {@code uniform}: of a whole timestep, for a flow at any place between two. */
  NoiseLevel level(double uniform) {
    int end = settings.max().orElse(schedule.size());
    double timestep = settings.min() + share(uniform) * (end - settings.min());
    if (!schedule.flow()) {
      return schedule.level(Math.min((int) timestep, end - 1));
    }
    // Never less noise than the schedule's least: weights divide by it.
    double told = Math.max(timestep, 1);
    double noise = told / schedule.size();
    return new NoiseLevel(1 - noise, noise, told);
  }

  /** The share of the range that lies below the timestep. */
  double share(double u) {
    return switch (settings.sampling()) {
      case UNIFORM -> u;
      case SIGMOID -> sigmoid(settings.sigmoidScale() * NormalQuantile.at(u));
      case SHIFT -> shifted(sigmoid(settings.sigmoidScale() * NormalQuantile.at(u)));
      case LOGIT_NORMAL ->
          sigmoid(settings.logitMean() + settings.logitStd() * NormalQuantile.at(u));
      case MODE -> {
        double cosine = Math.cos(Math.PI / 2 * u);
        yield 1 - u - settings.modeScale() * (cosine * cosine - 1 + u);
      }
    };
  }

  private double shifted(double share) {
    double shift = settings.shift().orElse(schedule.config().flowShift());
    return shift * share / (1 + (shift - 1) * share);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
