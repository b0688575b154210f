package dev.lora4j.diffusion.train;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;

/** Loss weights that keep easy timesteps from drowning the others (Hang et al. 2023). */
public final class MinSnr {
  private MinSnr() {}

  /**
   * The weight at timestep {@code t}: min(SNR, gamma) over what the prediction already weighs.
   *
   * @param gamma the cap; 0 for weights of 1, the plain loss of the prediction
   */
  public static double weight(NoiseSchedule schedule, int t, double gamma) {
    return weight(schedule.config().prediction(), schedule.level(t), gamma);
  }

  /** The weight at a level of noise; {@code gamma} as above. */
  public static double weight(Prediction prediction, NoiseLevel level, double gamma) {
    if (gamma == 0) {
      return 1;
    }
    double snr = level.signal() * level.signal() / (level.noise() * level.noise());
    double capped = Math.min(snr, gamma);
    return switch (prediction) {
      case EPSILON -> capped / Math.max(snr, Double.MIN_NORMAL);
      case V_PREDICTION -> capped / (snr + 1);
      case FLOW -> capped * Math.pow(level.noise(), 2);
    };
  }
}
