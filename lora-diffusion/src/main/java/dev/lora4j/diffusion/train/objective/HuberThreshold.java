package dev.lora4j.diffusion.train.objective;

import dev.lora4j.diffusion.sampling.NoiseLevel;

/** Where a loss of Huber's kind turns straight at a level of noise. */
final class HuberThreshold {
  private HuberThreshold() {}

  /**
   * The threshold.
   *
   * @param timesteps number of timesteps of training
   */
  static double at(LossSettings settings, NoiseLevel level, int timesteps) {
    double c = settings.huberC();
    return switch (settings.huberSchedule()) {
      case CONSTANT -> c * settings.huberScale();
      case EXPONENTIAL -> Math.pow(c, level.timestep() / timesteps) * settings.huberScale();
      case SNR -> (1 - c) / Math.pow(1 + level.sigma(), 2) + c;
    };
  }
}
