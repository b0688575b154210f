package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Control of what the entropy takes from the loss, so that the model stays as unsure as it is asked
 * to (He et al. 2025, Skywork-OR1; TRL's use_adaptive_entropy). After a step whose entropy is at or
 * below the target the coefficient grows, after another it falls; a step has it only after one at
 * or below the target.
 *
 * @param target mean entropy of the learned tokens of a step, in nats
 * @param delta by which the coefficient grows or falls
 * @param least coefficient
 * @param most coefficient
 */
public record EntropyControl(double target, double delta, double least, double most)
    implements Canonical {
  /** Checks the ranges. */
  public EntropyControl {
    if (!Double.isFinite(target) || !(delta >= 0) || Double.isInfinite(delta)) {
      throw new IllegalArgumentException(
          "A target of the entropy is a number of nats and its delta 0 or above, found "
              + target
              + " and "
              + delta
              + ".");
    }
    if (!(least <= most) || Double.isInfinite(least) || Double.isInfinite(most)) {
      throw new IllegalArgumentException(
          "The coefficient of the entropy goes from min to max, found "
              + least
              + " to "
              + most
              + ".");
    }
  }

  /** A target with TRL's other numbers: 0 to 1 in steps of 0.005. */
  public static EntropyControl of(double target) {
    return new EntropyControl(target, 0.005, 0, 1);
  }

  /**
   * State between two steps.
   *
   * @param coefficient as it is now
   * @param entropy of the step before; infinite before the first
   */
  public record State(double coefficient, double entropy) {
    /** The state before the first step. */
    public static State first(double coefficient) {
      return new State(coefficient, Double.POSITIVE_INFINITY);
    }
  }

  /** The coefficient that the next step has. */
  public double applied(State now) {
    return now.entropy() <= target ? now.coefficient() : 0;
  }

  /**
   * The state after a step.
   *
   * @param entropy mean of its learned tokens, in nats
   */
  public State after(State now, double entropy) {
    double coefficient =
        entropy <= target
            ? Math.min(now.coefficient() + delta, most)
            : Math.max(now.coefficient() - delta, least);
    return new State(coefficient, entropy);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("EntropyControl")
        .with("target", target)
        .with("delta", delta)
        .with("least", least)
        .with("most", most)
        .text();
  }
}
