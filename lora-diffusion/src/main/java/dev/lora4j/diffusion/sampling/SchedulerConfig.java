package dev.lora4j.diffusion.sampling;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a model was taught to remove noise, named as in {@code scheduler_config.json}.
 *
 * @param stepsOffset added to each timestep of leading spacing
 * @param setAlphaToOne whether the last step ends without any noise, instead of at timestep 0
 */
public record SchedulerConfig(
    int numTrainTimesteps,
    Betas betas,
    double betaStart,
    double betaEnd,
    Prediction prediction,
    Spacing spacing,
    int stepsOffset,
    boolean setAlphaToOne) {

  /** The law of the noise added per timestep. */
  public enum Betas {
    /** Equal steps. */
    LINEAR,
    /** Equal steps of the square root. */
    SCALED_LINEAR,
    /** The cosine law (Nichol and Dhariwal 2021, equation 17). */
    SQUAREDCOS_CAP_V2;

    /** The law of this name in a configuration. */
    public static Betas named(String name) {
      return lookup(Betas.class, "beta_schedule", name);
    }
  }

  /** What the network predicts. */
  public enum Prediction {
    /** The noise. */
    EPSILON,
    /** The velocity (Salimans and Ho 2022, appendix D). */
    V_PREDICTION;

    /** The prediction of this name in a configuration. */
    public static Prediction named(String name) {
      return lookup(Prediction.class, "prediction_type", name);
    }
  }

  /** Which timesteps a run of few steps visits (Lin et al. 2024, table 2). */
  public enum Spacing {
    /** Multiples of a whole step, from the first timestep up. */
    LEADING,
    /** Whole steps down from the last timestep. */
    TRAILING,
    /** Evenly from the first to the last. */
    LINSPACE;

    /** The spacing of this name in a configuration. */
    public static Spacing named(String name) {
      return lookup(Spacing.class, "timestep_spacing", name);
    }
  }

  private static <E extends Enum<E>> E lookup(Class<E> type, String key, String name) {
    E[] values = type.getEnumConstants();
    return Arrays.stream(values)
        .filter(v -> v.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    key
                        + " '"
                        + name
                        + "' is not known; known are "
                        + Arrays.stream(values)
                            .map(v -> v.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
