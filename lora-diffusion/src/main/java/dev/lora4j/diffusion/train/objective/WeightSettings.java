package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Weights of the loss of a sample. 0 leaves a weighting out.
 *
 * @param minSnrGamma cap of the signal-to-noise ratio ({@code min_snr_gamma}; Hang et al. 2023), 0
 *     or more. Common is 5
 * @param debiasedEstimation whether losses are divided by the root of the signal-to-noise ratio
 *     ({@code debiased_estimation_loss}; Yu et al. 2023), which excludes {@code minSnrGamma}
 * @param scaleVLikeNoise whether the loss of a v-prediction gets the scale that its noise
 *     prediction would have ({@code scale_v_pred_loss_like_noise_pred})
 * @param vLikeLoss share of the v-prediction's loss that is added to a noise prediction's ({@code
 *     v_pred_like_loss}), 0 or more
 * @param flow weighting of a flow ({@code weighting_scheme})
 * @param priorLoss weight of regularisation pictures ({@code prior_loss_weight}), 0 or more
 * @param zeroTerminalSnr whether the schedule is rescaled to end in nothing but noise ({@code
 *     zero_terminal_snr}; Lin et al. 2024); for v-prediction
 * @param timesteps weights by timestep, beside the others
 */
public record WeightSettings(
    double minSnrGamma,
    boolean debiasedEstimation,
    boolean scaleVLikeNoise,
    double vLikeLoss,
    FlowWeighting flow,
    double priorLoss,
    boolean zeroTerminalSnr,
    TimestepWeights timesteps)
    implements Canonical {
  /** Every sample alike. */
  public static final WeightSettings EQUAL =
      new WeightSettings(0, false, false, 0, FlowWeighting.NONE, 1, false);

  /** Weights along the straight lines of a flow; s is the share of noise. */
  public enum FlowWeighting {
    /** 1. */
    NONE,
    /** 1 / s squared. */
    SIGMA_SQRT,
    /** 2 / (pi (1 - 2 s + 2 s squared)) (Esser et al. 2024, equation 21). */
    COSMAP,
    /**
     * s squared: the squared error of the clean latents that a velocity stands for, x - s v ({@code
     * model_prediction_type} sigma_scaled; diffusers' {@code precondition_outputs}).
     */
    SIGMA_SQUARED
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with all that is out of range or excludes each other
   */
  public WeightSettings {
    new SettingProblems()
        .within("min_snr_gamma", minSnrGamma, 0, Double.MAX_VALUE)
        .within("v_pred_like_loss", vLikeLoss, 0, Double.MAX_VALUE)
        .within("prior_loss_weight", priorLoss, 0, Double.MAX_VALUE)
        .that(
            minSnrGamma == 0 || !debiasedEstimation,
            "min_snr_gamma and debiased_estimation_loss both weigh by the signal-to-noise ratio;"
                + " take one of them")
        .check();
  }

  /** Weights that are the same by timestep, but for the others. */
  public WeightSettings(
      double minSnrGamma,
      boolean debiasedEstimation,
      boolean scaleVLikeNoise,
      double vLikeLoss,
      FlowWeighting flow,
      double priorLoss,
      boolean zeroTerminalSnr) {
    this(
        minSnrGamma,
        debiasedEstimation,
        scaleVLikeNoise,
        vLikeLoss,
        flow,
        priorLoss,
        zeroTerminalSnr,
        TimestepWeights.EQUAL);
  }

  /** Capped signal-to-noise ratios and nothing else. */
  public static WeightSettings minSnr(double gamma) {
    return new WeightSettings(gamma, false, false, 0, FlowWeighting.NONE, 1, false);
  }

  /** Debiased estimation and nothing else. */
  public static WeightSettings debiased() {
    return new WeightSettings(0, true, false, 0, FlowWeighting.NONE, 1, false);
  }

  /** The same with another weight of regularisation pictures. */
  public WeightSettings withPriorLoss(double other) {
    return new WeightSettings(
        minSnrGamma,
        debiasedEstimation,
        scaleVLikeNoise,
        vLikeLoss,
        flow,
        other,
        zeroTerminalSnr,
        timesteps);
  }

  /** The same with other weights by timestep. */
  public WeightSettings withTimesteps(TimestepWeights other) {
    return new WeightSettings(
        minSnrGamma,
        debiasedEstimation,
        scaleVLikeNoise,
        vLikeLoss,
        flow,
        priorLoss,
        zeroTerminalSnr,
        other);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("WeightSettings")
        .with("minSnrGamma", minSnrGamma)
        .with("debiasedEstimation", debiasedEstimation)
        .with("scaleVLikeNoise", scaleVLikeNoise)
        .with("vLikeLoss", vLikeLoss)
        .with("flow", flow)
        .with("priorLoss", priorLoss)
        .with("zeroTerminalSnr", zeroTerminalSnr)
        .with("timesteps", timesteps, TimestepWeights.EQUAL)
        .text();
  }
}
