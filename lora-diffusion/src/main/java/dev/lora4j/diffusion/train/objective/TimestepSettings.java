package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Distribution of the timesteps of training.
 *
 * @param stratified one timestep from each part of the range for the samples of a batch, which
 *     makes the batch's loss vary less; otherwise each sample draws for itself, as sd-scripts does
 * @param min first timestep ({@code min_timestep}), 0 for all
 * @param max the timestep after the last ({@code max_timestep}); all if empty
 * @param sampling the distribution ({@code timestep_sampling}; LOGIT_NORMAL and MODE are values of
 *     {@code weighting_scheme} there)
 * @param sigmoidScale spread of SIGMOID, SHIFT and SIZE_SHIFT ({@code sigmoid_scale}), above 0
 * @param shift shift of SHIFT towards noise ({@code discrete_flow_shift}), above 0; that of the
 *     base's own schedule if empty, for the size of the picture if it goes by that
 * @param logitMean centre of LOGIT_NORMAL ({@code logit_mean})
 * @param logitStd spread of LOGIT_NORMAL ({@code logit_std}), above 0
 * @param modeScale strength of MODE ({@code mode_scale}), from -1 to 2 / (pi - 2)
 * @param trainingShift shift towards noise of what any distribution gives ({@code training_shift}),
 *     above 0; 1 for none
 * @param bias which end of the distribution is drawn more often
 */
public record TimestepSettings(
    boolean stratified,
    int min,
    OptionalInt max,
    Sampling sampling,
    double sigmoidScale,
    OptionalDouble shift,
    double logitMean,
    double logitStd,
    double modeScale,
    double trainingShift,
    Bias bias)
    implements Canonical {
  /** All timesteps alike, one from each part of the range. */
  public static final TimestepSettings STRATIFIED =
      new TimestepSettings(
          true,
          0,
          OptionalInt.empty(),
          Sampling.UNIFORM,
          1,
          OptionalDouble.empty(),
          0,
          1,
          1.29,
          1,
          Bias.NONE);

  /** All timesteps alike, drawn for each sample by itself. */
  public static final TimestepSettings INDEPENDENT = STRATIFIED.withStratified(false);

  /** Distribution of the timesteps. */
  public enum Sampling {
    /** All alike. */
    UNIFORM,
    /** The logistic function of normal numbers: more in the middle. */
    SIGMOID,
    /** SIGMOID, moved to noise (Esser et al. 2024, equation 23). */
    SHIFT,
    /**
     * SIGMOID, moved to noise by the size of the picture, as the base's own schedule is or else by
     * {@link dev.lora4j.diffusion.sampling.LinearShift#USUAL} ({@code flux_shift}).
     */
    SIZE_SHIFT,
    /** UNIFORM, moved to noise by the size of the picture as SIZE_SHIFT is. */
    UNIFORM_SIZE_SHIFT,
    /** SIGMOID with another centre and spread (Esser et al. 2024, equation 19). */
    LOGIT_NORMAL,
    /** Heavy at both ends (Esser et al. 2024, equation 20). */
    MODE
  }

  /**
   * Which end of a distribution is drawn more often: of a number u that is uniform in [0, 1) the
   * cube is taken (Mou et al. 2023, section 3.4).
   */
  public enum Bias {
    /** Neither. */
    NONE,
    /** Much noise, which decides what is where: 1 - (1 - u)^3 of the distribution lies below. */
    HIGH_NOISE,
    /** Little noise, which decides details: u^3 of the distribution lies below. */
    LOW_NOISE
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with all that is out of range
   */
  public TimestepSettings {
    new SettingProblems()
        .that(min >= 0, "min_timestep is " + min + "; it is 0 or more")
        .that(
            max.isEmpty() || max.getAsInt() > min,
            "max_timestep is " + max.orElse(0) + "; it is above min_timestep, " + min)
        .above("sigmoid_scale", sigmoidScale, 0)
        .above("discrete_flow_shift", shift.orElse(1), 0)
        .finite("logit_mean", logitMean)
        .above("logit_std", logitStd, 0)
        .within("mode_scale", modeScale, -1, 2 / (Math.PI - 2))
        .above("training_shift", trainingShift, 0)
        .check();
  }

  /** A copy with timesteps in parts of the range, or not. */
  public TimestepSettings withStratified(boolean other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.stratified = other;
    return draft.settings();
  }

  /** A copy with another distribution. */
  public TimestepSettings withSampling(Sampling other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.sampling = other;
    return draft.settings();
  }

  /** A copy with another spread of SIGMOID and SHIFT. */
  public TimestepSettings withSigmoidScale(double other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.sigmoidScale = other;
    return draft.settings();
  }

  /** A copy with another shift of SHIFT. */
  public TimestepSettings withShift(double other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.shift = OptionalDouble.of(other);
    return draft.settings();
  }

  /** A copy with another strength of MODE. */
  public TimestepSettings withModeScale(double other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.modeScale = other;
    return draft.settings();
  }

  /** A copy with timesteps from {@code first} up to but without {@code end}. */
  public TimestepSettings withRange(int first, int end) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.min = first;
    draft.max = OptionalInt.of(end);
    return draft.settings();
  }

  /** A copy with another centre and spread of LOGIT_NORMAL. */
  public TimestepSettings withLogit(double mean, double std) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.logitMean = mean;
    draft.logitStd = std;
    return draft.settings();
  }

  /** A copy with another shift of what the distribution gives. */
  public TimestepSettings withTrainingShift(double other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.trainingShift = other;
    return draft.settings();
  }

  /** A copy that prefers another end of the distribution. */
  public TimestepSettings withBias(Bias other) {
    TimestepDraft draft = new TimestepDraft(this);
    draft.bias = other;
    return draft.settings();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("TimestepSettings")
        .with("stratified", stratified)
        .with("min", min)
        .with("max", max)
        .with("sampling", sampling)
        .with("sigmoidScale", sigmoidScale)
        .with("shift", shift)
        .with("logitMean", logitMean)
        .with("logitStd", logitStd)
        .with("modeScale", modeScale)
        .with("trainingShift", trainingShift, 1.0)
        .with("bias", bias, Bias.NONE)
        .text();
  }
}
