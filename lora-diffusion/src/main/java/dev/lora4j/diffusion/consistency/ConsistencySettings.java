package dev.lora4j.diffusion.consistency;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;

/**
 * Settings of consistency distillation.
 *
 * @param solverSteps steps of the teacher's solver over the whole schedule
 * @param leastGuidance least guidance of the teacher, in the form of Ho and Salimans (2022): 0 is
 *     none, and a guidance scale of pictures is greater by 1
 * @param mostGuidance greatest of it
 * @param measure of the distance between student and target
 * @param huberC where {@link Measure#HUBER} turns from square to straight
 */
public record ConsistencySettings(
    int solverSteps, double leastGuidance, double mostGuidance, Measure measure, double huberC)
    implements Canonical {
  /** Settings of the first published adapter for Stable Diffusion 1. */
  public static final ConsistencySettings DEFAULT =
      new ConsistencySettings(50, 5, 15, Measure.HUBER, 0.001);

  /** Settings of that for Stable Diffusion XL. */
  public static final ConsistencySettings XL = DEFAULT.withGuidance(3, 15);

  /** Measure of the distance. */
  public enum Measure {
    /** Pseudo-Huber: {@code sqrt(d * d + c * c) - c} (Song and Dhariwal 2023). */
    HUBER,
    /** The square. */
    L2
  }

  /** Checks the ranges. */
  public ConsistencySettings {
    if (solverSteps < 2) {
      throw new IllegalArgumentException(
          "the teacher's solver takes 2 steps or more, found " + solverSteps);
    }
    if (!(leastGuidance >= 0 && mostGuidance >= leastGuidance && mostGuidance < 1e6)) {
      throw new IllegalArgumentException(
          "the teacher's guidance goes from a number that is not negative to one that is not less,"
              + " found "
              + leastGuidance
              + " to "
              + mostGuidance);
    }
    if (!(huberC > 0 && huberC <= 1)) {
      throw new IllegalArgumentException("huber turns straight in (0, 1], found " + huberC);
    }
  }

  /** A copy with another range of guidance. */
  public ConsistencySettings withGuidance(double least, double most) {
    return new ConsistencySettings(solverSteps, least, most, measure, huberC);
  }

  /** A copy with another measure. */
  public ConsistencySettings with(Measure other) {
    return new ConsistencySettings(solverSteps, leastGuidance, mostGuidance, other, huberC);
  }

  /** The distance of each element of a difference. */
  Expr elements(Expr difference) {
    Expr squared = difference.mul(difference);
    return switch (measure) {
      case HUBER -> squared.add(huberC * huberC).sqrt().sub(huberC);
      case L2 -> squared;
    };
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ConsistencySettings")
        .with("solverSteps", solverSteps)
        .with("leastGuidance", leastGuidance)
        .with("mostGuidance", mostGuidance)
        .with("measure", measure)
        .with("huberC", huberC)
        .text();
  }
}
