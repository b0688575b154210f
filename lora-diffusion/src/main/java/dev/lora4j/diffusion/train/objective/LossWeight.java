package dev.lora4j.diffusion.train.objective;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.MinSnr;

/** Weight of the loss at a level of noise. */
final class LossWeight {
  /** Signal-to-noise ratios above count as this, where there is nearly no noise. */
  private static final double MOST_SNR = 1000;

  private LossWeight() {}

  /** All weightings in the order in which sd-scripts applies them. */
  static double of(WeightSettings settings, Prediction prediction, NoiseLevel level) {
    double snr = Math.pow(level.signal() / level.noise(), 2);
    double capped = Math.min(snr, MOST_SNR);
    double ofV = capped / (capped + 1);
    double weight = MinSnr.weight(prediction, level, settings.minSnrGamma());
    if (settings.scaleVLikeNoise()) {
      weight *= ofV;
    }
    if (settings.vLikeLoss() > 0) {
      weight *= 1 + settings.vLikeLoss() / ofV;
    }
    if (settings.debiasedEstimation()) {
      weight *= prediction == Prediction.V_PREDICTION ? 1 / (capped + 1) : 1 / Math.sqrt(capped);
    }
    double noise = level.noise();
    return switch (settings.flow()) {
      case NONE -> weight;
      case SIGMA_SQRT -> weight / (noise * noise);
      case SIGMA_SQUARED -> weight * noise * noise;
      case COSMAP -> weight * 2 / (Math.PI * (1 - 2 * noise + 2 * noise * noise));
    };
  }
}
