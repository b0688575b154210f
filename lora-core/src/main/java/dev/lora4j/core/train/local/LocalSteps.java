package dev.lora4j.core.train.local;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Local SGD: several parts of a run take steps of their own, each on its share of the batches, and
 * their results are averaged once in a while. Between two averages lies a round.
 *
 * @param steps of a round
 * @param parts that work at the same time; a step of fewer batches has one for each
 * @param outer the step from the weights before a round towards the average after it
 */
public record LocalSteps(int steps, int parts, OuterStep outer) implements Canonical {
  /** Checks the ranges. */
  public LocalSteps {
    if (steps < 1) {
      throw new IllegalArgumentException("A round has 1 step or more, found " + steps + ".");
    }
    if (parts < 1) {
      throw new IllegalArgumentException("A round has 1 part or more, found " + parts + ".");
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("LocalSteps")
        .with("steps", steps)
        .with("parts", parts)
        .with("outer", outer)
        .text();
  }
}
