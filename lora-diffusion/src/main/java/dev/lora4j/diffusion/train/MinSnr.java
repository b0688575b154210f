package dev.lora4j.diffusion.train;

import dev.lora4j.diffusion.sampling.NoiseSchedule;

/** Loss weights that keep easy timesteps from drowning the others (Hang et al. 2023). */
public final class MinSnr {
  private MinSnr() {}

  /** The weight at timestep {@code t}: min(SNR, gamma) over what the prediction already weighs. */
  public static double weight(NoiseSchedule schedule, int t, double gamma) {
    double snr = schedule.snr(t);
    double capped = Math.min(snr, gamma);
    return switch (schedule.config().prediction()) {
      case EPSILON -> capped / Math.max(snr, Double.MIN_NORMAL);
      case V_PREDICTION -> capped / (snr + 1);
      case FLOW -> capped * Math.pow(schedule.level(t).noise(), 2);
    };
  }
}
