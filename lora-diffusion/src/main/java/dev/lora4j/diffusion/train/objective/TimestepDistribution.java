package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.FlowLevels;
import dev.lora4j.diffusion.sampling.LinearShift;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig;

/** Distribution of timesteps: maps a number that is uniform in [0, 1) to a timestep. */
final class TimestepDistribution {
  private final TimestepSettings settings;
  private final NoiseSchedule schedule;

  TimestepDistribution(TimestepSettings settings, NoiseSchedule schedule) {
    this.settings = settings;
    this.schedule = schedule;
  }

  /**
   * The level at {@code uniform}: of a whole timestep, for a flow at any place between two.
   *
   * @param latents [channels, height, width]
   */
  NoiseLevel level(double uniform, Shape latents) {
    int end = settings.max().orElse(schedule.size());
    double timestep = settings.min() + share(uniform, latents) * (end - settings.min());
    if (!schedule.flow()) {
      return schedule.level(Math.min((int) timestep, end - 1));
    }
    // Never less noise than the schedule's least: weights divide by it.
    double told = Math.max(timestep, 1);
    double noise = told / schedule.size();
    return new NoiseLevel(1 - noise, noise, told);
  }

  /** The share of the range that lies below the timestep. */
  double share(double u, Shape latents) {
    boolean falls = settings.sampling() == TimestepSettings.Sampling.MODE;
    double biased = falls ? falling(u) : biased(u);
    return shifted(drawn(biased, latents), settings.trainingShift());
  }

  /** The same for a distribution whose timesteps fall as the number grows. */
  private double falling(double u) {
    return settings.bias() == TimestepSettings.Bias.NONE ? u : 1 - biased(1 - u);
  }

  private double biased(double u) {
    return switch (settings.bias()) {
      case NONE -> u;
      case HIGH_NOISE -> 1 - Math.pow(1 - u, 3);
      case LOW_NOISE -> u * u * u;
    };
  }

  private double drawn(double u, Shape latents) {
    return switch (settings.sampling()) {
      case UNIFORM -> u;
      case SIGMOID -> sigmoid(u);
      case SHIFT -> shifted(sigmoid(u), settings.shift().orElse(own(latents)));
      case SIZE_SHIFT -> shifted(sigmoid(u), bySize(latents));
      case UNIFORM_SIZE_SHIFT -> shifted(u, bySize(latents));
      case LOGIT_NORMAL ->
          logistic(settings.logitMean() + settings.logitStd() * NormalQuantile.at(u));
      case MODE -> {
        double cosine = Math.cos(Math.PI / 2 * u);
        yield 1 - u - settings.modeScale() * (cosine * cosine - 1 + u);
      }
    };
  }

  /** The shift of the base's own schedule for latents of this size. */
  private double own(Shape latents) {
    SchedulerConfig config = schedule.config();
    return config.flow().bySize().isPresent() ? bySize(latents) : config.flowShift();
  }

  private double bySize(Shape latents) {
    FlowLevels flow = schedule.config().flow();
    long tokens = flow.tokens(latents.size(1), latents.size(2));
    return flow.bySize().orElse(LinearShift.USUAL).trainingFactor(tokens);
  }

  private double sigmoid(double u) {
    return logistic(settings.sigmoidScale() * NormalQuantile.at(u));
  }

  private static double shifted(double share, double shift) {
    return shift * share / (1 + (shift - 1) * share);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
