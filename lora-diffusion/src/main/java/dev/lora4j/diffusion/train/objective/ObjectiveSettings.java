package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.WeightSettings.FlowWeighting;

/**
 * Settings of the objective of a training step. The parts' documentation has the option names of
 * kohya.
 */
public record ObjectiveSettings(
    TimestepSettings timesteps, NoiseSettings noise, LossSettings loss, WeightSettings weights)
    implements Canonical {
  /** Squared error with signal-to-noise ratios capped at 5, timesteps from all of the range. */
  public static final ObjectiveSettings DEFAULT =
      new ObjectiveSettings(
          TimestepSettings.STRATIFIED,
          NoiseSettings.PLAIN,
          LossSettings.L2,
          WeightSettings.minSnr(5));

  /** Defaults of sd-scripts: the squared error, equal weights of all samples. */
  public static final ObjectiveSettings PLAIN =
      new ObjectiveSettings(
          TimestepSettings.INDEPENDENT, NoiseSettings.PLAIN, LossSettings.L2, WeightSettings.EQUAL);

  /**
   * Settings that suit a base of this prediction type. A loss in v weighs levels of noise itself:
   * capping signal-to-noise ratios besides would leave next to nothing of the levels where the
   * words decide what is drawn.
   */
  public static ObjectiveSettings of(Prediction prediction) {
    return prediction == Prediction.EPSILON ? DEFAULT : DEFAULT.with(WeightSettings.EQUAL);
  }

  /** The same with other timesteps. */
  public ObjectiveSettings with(TimestepSettings other) {
    return new ObjectiveSettings(other, noise, loss, weights);
  }

  /** The same with other noise. */
  public ObjectiveSettings with(NoiseSettings other) {
    return new ObjectiveSettings(timesteps, other, loss, weights);
  }

  /** The same with another loss. */
  public ObjectiveSettings with(LossSettings other) {
    return new ObjectiveSettings(timesteps, noise, other, weights);
  }

  /** The same with other weights. */
  public ObjectiveSettings with(WeightSettings other) {
    return new ObjectiveSettings(timesteps, noise, loss, other);
  }

  /**
   * Checks that these fit a base.
   *
   * @param schedule the base's own
   * @throws IllegalArgumentException with all that does not fit
   */
  public void requireFits(NoiseSchedule schedule) {
    Prediction prediction = schedule.config().prediction();
    boolean flow = prediction == Prediction.FLOW;
    String predicts = ", and this base predicts " + words(prediction);
    int last = timesteps.max().orElse(schedule.size());
    new SettingProblems()
        .that(
            last <= schedule.size(),
            "max_timestep is " + last + ", but this base has " + schedule.size() + " timesteps")
        .that(
            timesteps.min() < schedule.size(),
            "min_timestep is "
                + timesteps.min()
                + ", but this base has "
                + schedule.size()
                + " timesteps")
        .that(
            !weights.debiasedEstimation() || !flow,
            "debiased_estimation_loss is for noise and v-predictions" + predicts)
        .that(
            !weights.scaleVLikeNoise() || prediction == Prediction.V_PREDICTION,
            "scale_v_pred_loss_like_noise_pred is for v-predictions" + predicts)
        .that(
            weights.vLikeLoss() == 0 || prediction == Prediction.EPSILON,
            "v_pred_like_loss is for noise predictions" + predicts)
        .that(
            weights.flow() == FlowWeighting.NONE || flow,
            "weighting_scheme is for flows" + predicts)
        .that(
            !weights.zeroTerminalSnr() || prediction == Prediction.V_PREDICTION,
            "zero_terminal_snr is for v-predictions, as nothing but noise says nothing of noise"
                + predicts)
        .that(
            loss.criterion().misfit(prediction).isEmpty(),
            loss.criterion().misfit(prediction).orElse("") + predicts)
        .check();
  }

  private static String words(Prediction prediction) {
    return switch (prediction) {
      case EPSILON -> "the noise (epsilon)";
      case V_PREDICTION -> "v";
      case FLOW -> "a flow";
    };
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ObjectiveSettings")
        .with("timesteps", timesteps)
        .with("noise", noise)
        .with("loss", loss)
        .with("weights", weights)
        .text();
  }
}
