package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.NUMBER;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.diffusion.train.objective.TimestepSettings;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Sampling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Keys of which levels of noise are trained, and how often. */
public final class TimestepKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;
  private static final TimestepSettings USUAL = TimestepSettings.STRATIFIED;
  private static final String SIZE_SHIFT = "size_shift";

  /** Name of the same in sd-scripts. */
  private static final String FLUX_SHIFT = "flux_shift";

  private static final RunKey<Integer> LEAST =
      RunKey.of("loss.min_timestep", count(0), 0, "Least noisy step to train", "min_timestep");
  private static final RunKey<Integer> MOST =
      unset("loss.max_timestep", count(1), "Noisiest step to train, itself out", "max_timestep");

  /**
   * Distribution of the timesteps; sd-scripts has its values under {@code timestep_sampling} and
   * {@code weighting_scheme}.
   */
  public static final RunKey<String> SAMPLING =
      RunKey.of(
          "loss.timestep_sampling",
          choice(
              "uniform",
              "sigmoid",
              "shift",
              SIZE_SHIFT,
              "uniform_size_shift",
              "logit_normal",
              "mode",
              FLUX_SHIFT),
          "uniform",
          "How often which step is trained");

  private static final RunKey<Double> SIGMOID_SCALE =
      RunKey.of(
          "loss.sigmoid_scale",
          number(0, ANY),
          USUAL.sigmoidScale(),
          "Spread of sigmoid and shift",
          "sigmoid_scale");

  /** Shift of the distribution shift. */
  public static final RunKey<Double> SHIFT =
      unset(
          "loss.discrete_flow_shift",
          number(0, ANY),
          "How far shift moves to noise; as the base's own schedule does if it is not given",
          "discrete_flow_shift");

  /** Centre of the distribution logit_normal. */
  public static final RunKey<Double> LOGIT_MEAN =
      RunKey.of(
          "loss.logit_mean", NUMBER, USUAL.logitMean(), "Centre of logit_normal", "logit_mean");

  private static final RunKey<Double> LOGIT_STD =
      RunKey.of(
          "loss.logit_std",
          number(0, ANY),
          USUAL.logitStd(),
          "Spread of logit_normal",
          "logit_std");
  private static final RunKey<Double> MODE_SCALE =
      RunKey.of("loss.mode_scale", NUMBER, USUAL.modeScale(), "Strength of mode", "mode_scale");

  /** Shift of what any distribution gives. */
  public static final RunKey<Double> TRAINING_SHIFT =
      RunKey.of(
          "loss.training_shift",
          number(0, ANY),
          USUAL.trainingShift(),
          "How far what any distribution gives moves to noise; 1 for not at all",
          "training_shift");

  /** Which end of the distribution is trained more often. */
  public static final RunKey<String> BIAS =
      RunKey.of(
          "loss.timestep_bias",
          choice("none", "high_noise", "low_noise"),
          "none",
          "Which end of any distribution is trained more often: much noise or little");

  /** All of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL =
      List.of(
          LEAST,
          MOST,
          SAMPLING,
          SIGMOID_SCALE,
          SHIFT,
          LOGIT_MEAN,
          LOGIT_STD,
          MODE_SCALE,
          TRAINING_SHIFT,
          BIAS);

  private TimestepKeys() {}

  /**
   * The timestep settings of the keys.
   *
   * @throws IllegalArgumentException with all that is out of range
   */
  static TimestepSettings settings(RunValues values) {
    Optional<Integer> most = values.find(MOST);
    return new TimestepSettings(
        USUAL.stratified(),
        values.get(LEAST),
        most.map(OptionalInt::of).orElse(OptionalInt.empty()),
        sampling(values.get(SAMPLING)),
        values.get(SIGMOID_SCALE),
        values.find(SHIFT).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        values.get(LOGIT_MEAN),
        values.get(LOGIT_STD),
        values.get(MODE_SCALE),
        values.get(TRAINING_SHIFT),
        TimestepSettings.Bias.valueOf(values.get(BIAS).toUpperCase(Locale.ROOT)));
  }

  private static Sampling sampling(String name) {
    return name.equals(FLUX_SHIFT)
        ? Sampling.SIZE_SHIFT
        : Sampling.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
