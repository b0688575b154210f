package dev.lora4j.core.train.local;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * The step from the weights before a round of {@link LocalSteps} towards the average after it: SGD
 * with Nesterov momentum, whose gradient is the way back from the average (DiLoCo, arXiv
 * 2311.08105, algorithm 1).
 *
 * @param rate share of the way that is gone; 1 takes the average
 * @param momentum share of the last velocity that is kept, in [0, 1)
 */
public record OuterStep(double rate, double momentum) implements Canonical {
  /** Takes the average as it is. */
  public static final OuterStep AVERAGE = new OuterStep(1, 0);

  /** Checks the ranges. */
  public OuterStep {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("The outer rate must be above 0, found " + rate + ".");
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "The outer momentum must be in [0, 1), found " + momentum + ".");
    }
  }

  /** Returns true if there is a velocity to remember. */
  public boolean remembers() {
    return momentum > 0;
  }

  /**
   * Takes the step.
   *
   * @param before weights before the round
   * @param average weights after it; receives the result
   * @param velocity of the round before, 0 at first; receives the new one; read only if this {@link
   *     #remembers}
   */
  void take(double[] before, double[] average, double[] velocity) {
    if (equals(AVERAGE)) {
      return;
    }
    for (int i = 0; i < average.length; i++) {
      double way = average[i] - before[i];
      double ahead = way;
      if (remembers()) {
        velocity[i] = momentum * velocity[i] + way;
        ahead = way + momentum * velocity[i];
      }
      average[i] = before[i] + rate * ahead;
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("OuterStep").with("rate", rate).with("momentum", momentum).text();
  }
}
