package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Noise schedule of a model, with the names of {@code scheduler_config.json}.
 *
 * @param stepsOffset added to each timestep of leading spacing
 * @param setAlphaToOne whether the last step ends without any noise, instead of at timestep 0
 * @param zeroTerminalSnr whether the last timestep is rescaled to be nothing but noise
 * @param sigmas spacing of the sigmas between the greatest and the least
 * @param flowShift how much more steps there are where there is more noise, for a flow
 * @param trainedBetas the noise added per timestep itself, instead of those of {@code betas}; empty
 *     for these
 * @param settings requirements to samplers; no level depends on them
 * @param flow what else decides about the levels of a flow
 */
public record SchedulerConfig(
    int numTrainTimesteps,
    Betas betas,
    double betaStart,
    double betaEnd,
    Prediction prediction,
    Spacing spacing,
    int stepsOffset,
    boolean setAlphaToOne,
    boolean zeroTerminalSnr,
    Sigmas sigmas,
    double flowShift,
    List<Double> trainedBetas,
    SchedulerRequirements settings,
    FlowLevels flow)
    implements Canonical {
  /** Copies the list. */
  public SchedulerConfig {
    trainedBetas = List.copyOf(trainedBetas);
  }

  /** A schedule with one shift for pictures of all sizes. */
  public SchedulerConfig(
      int numTrainTimesteps,
      Betas betas,
      double betaStart,
      double betaEnd,
      Prediction prediction,
      Spacing spacing,
      int stepsOffset,
      boolean setAlphaToOne,
      boolean zeroTerminalSnr,
      Sigmas sigmas,
      double flowShift,
      List<Double> trainedBetas,
      SchedulerRequirements settings) {
    this(
        numTrainTimesteps,
        betas,
        betaStart,
        betaEnd,
        prediction,
        spacing,
        stepsOffset,
        setAlphaToOne,
        zeroTerminalSnr,
        sigmas,
        flowShift,
        trainedBetas,
        settings,
        FlowLevels.PLAIN);
  }

  /** A schedule by the formula of its betas, without requirements to samplers. */
  public SchedulerConfig(
      int numTrainTimesteps,
      Betas betas,
      double betaStart,
      double betaEnd,
      Prediction prediction,
      Spacing spacing,
      int stepsOffset,
      boolean setAlphaToOne,
      boolean zeroTerminalSnr,
      Sigmas sigmas,
      double flowShift) {
    this(
        numTrainTimesteps,
        betas,
        betaStart,
        betaEnd,
        prediction,
        spacing,
        stepsOffset,
        setAlphaToOne,
        zeroTerminalSnr,
        sigmas,
        flowShift,
        List.of(),
        SchedulerRequirements.NONE);
  }

  /** Levels as the timesteps give them, and no timestep rescaled. */
  public SchedulerConfig(
      int numTrainTimesteps,
      Betas betas,
      double betaStart,
      double betaEnd,
      Prediction prediction,
      Spacing spacing,
      int stepsOffset,
      boolean setAlphaToOne) {
    this(
        numTrainTimesteps,
        betas,
        betaStart,
        betaEnd,
        prediction,
        spacing,
        stepsOffset,
        setAlphaToOne,
        false,
        Sigmas.SCHEDULE,
        1);
  }

  /** The same with another spacing of timesteps. */
  public SchedulerConfig with(Spacing other) {
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.spacing = other;
    return draft.config();
  }

  /** A copy with another spacing of the sigmas. */
  public SchedulerConfig with(Sigmas other) {
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.sigmas = other;
    return draft.config();
  }

  /** The same for a network that predicts something else. */
  public SchedulerConfig with(Prediction other) {
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.prediction = other;
    return draft.config();
  }

  /** A copy with other levels of a flow. */
  public SchedulerConfig with(FlowLevels other) {
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.flow = other;
    return draft.config();
  }

  /**
   * A copy with the shift for latents of this size, if it goes by their size.
   *
   * @param steps number of steps that a picture is made in
   */
  public SchedulerConfig sized(long height, long width, int steps) {
    if (flow.bySize().isEmpty()) {
      return this;
    }
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.flowShift = flow.bySize().get().factor(flow.tokens(height, width), steps);
    return draft.config();
  }

  /** The same with the last timestep rescaled to be nothing but noise. */
  public SchedulerConfig withZeroTerminalSnr() {
    SchedulerDraft draft = new SchedulerDraft(this);
    draft.zeroTerminalSnr = true;
    return draft.config();
  }

  /**
   * {@inheritDoc} Leaves out what concerns samplers alone, which decides about no level, and the
   * size of tokens, which is the denoiser's.
   */
  @Override
  public String canonical() {
    return CanonicalForm.of("SchedulerConfig")
        .with("numTrainTimesteps", numTrainTimesteps)
        .with("betas", betas)
        .with("betaStart", betaStart)
        .with("betaEnd", betaEnd)
        .with("prediction", prediction)
        .with("spacing", spacing)
        .with("stepsOffset", stepsOffset)
        .with("setAlphaToOne", setAlphaToOne)
        .with("zeroTerminalSnr", zeroTerminalSnr)
        .with("sigmas", sigmas)
        .with("flowShift", flowShift)
        .with("trainedBetas", trainedBetas, List.of())
        .with("bySize", flow.bySize(), Optional.empty())
        .with("even", flow.even(), false)
        .text();
  }

  /** Formula of the betas, the noise added per timestep. */
  public enum Betas {
    /** Equal steps. */
    LINEAR,
    /** Equal steps of the square root. */
    SCALED_LINEAR,
    /** The cosine schedule (Nichol and Dhariwal 2021, equation 17). */
    SQUAREDCOS_CAP_V2;

    /** Betas of this name in a configuration. */
    public static Betas named(String name) {
      return lookup(Betas.class, "beta_schedule", name);
    }
  }

  /** Prediction type of the network. */
  public enum Prediction {
    /** The noise. */
    EPSILON,
    /** The velocity (Salimans and Ho 2022, appendix D). */
    V_PREDICTION,
    /** The direction from the picture to the noise (Lipman et al. 2023). */
    FLOW;

    /** The picture that follows from a prediction for noisy latents; one number of each. */
    public double denoised(double x, double predicted, NoiseLevel level) {
      return switch (this) {
        case EPSILON -> (x - level.noise() * predicted) / level.signal();
        case V_PREDICTION -> level.signal() * x - level.noise() * predicted;
        case FLOW -> x - level.noise() * predicted;
      };
    }

    /** The prediction of this name in a configuration. */
    public static Prediction named(String name) {
      return lookup(Prediction.class, "prediction_type", name);
    }
  }

  /** Spacing of a run's levels of noise. */
  public enum Sigmas {
    /** The levels of the timesteps. */
    SCHEDULE,
    /** Evenly in the seventh root (Karras et al. 2022, equation 5). */
    KARRAS,
    /** Evenly in the logarithm. */
    EXPONENTIAL
  }

  /** Spacing of the timesteps of a run of few steps (Lin et al. 2024, table 2). */
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
