package dev.lora4j.diffusion.train.objective;

/**
 * How far a prediction is from its target.
 *
 * @param criterion of each element ({@code loss_type})
 * @param huberC where HUBER and SMOOTH_L1 turn from square to straight, above 0 up to 1 ({@code
 *     huber_c})
 * @param huberSchedule how that place moves with the timestep ({@code huber_schedule})
 * @param huberScale factor of CONSTANT and EXPONENTIAL, above 0 ({@code huber_scale})
 * @param masked whether elements are weighted by a mask of each picture ({@code masked_loss})
 */
public record LossSettings(
    Criterion criterion,
    double huberC,
    HuberSchedule huberSchedule,
    double huberScale,
    boolean masked) {
  /** The squared error. */
  public static final LossSettings L2 =
      new LossSettings(Criterion.L2, 0.1, HuberSchedule.SNR, 1, false);

  /** The error of an element; d is its difference to the target. */
  public enum Criterion {
    /** d squared. */
    L2,
    /** Absolute d. */
    L1,
    /** 2 c (sqrt(d squared + c squared) - c) (Charbonnier et al. 1994). */
    HUBER,
    /** 2 (sqrt(d squared + c squared) - c), whose slope far out is 2 whatever c is. */
    SMOOTH_L1;

    /** Whether it has a threshold c. */
    public boolean thresholded() {
      return this == HUBER || this == SMOOTH_L1;
    }
  }

  /** How c depends on timestep t of T. */
  public enum HuberSchedule {
    /** {@code huber_c}. */
    CONSTANT,
    /** {@code huber_c} to the power of t / T: 1 without noise. */
    EXPONENTIAL,
    /** (1 - {@code huber_c}) / (1 + noise per signal) squared + {@code huber_c}. */
    SNR
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with all that is out of range
   */
  public LossSettings {
    new Ranges()
        .that(huberC > 0 && huberC <= 1, "huber_c is " + huberC + "; it is above 0 and at most 1")
        .above("huber_scale", huberScale, 0)
        .check();
  }

  /** The same with another criterion. */
  public LossSettings with(Criterion other) {
    return new LossSettings(other, huberC, huberSchedule, huberScale, masked);
  }

  /** The same with another schedule of the threshold. */
  public LossSettings with(double c, HuberSchedule other) {
    return new LossSettings(criterion, c, other, huberScale, masked);
  }

  /** The same with masks or without. */
  public LossSettings withMasks(boolean other) {
    return new LossSettings(criterion, huberC, huberSchedule, huberScale, other);
  }
}
