package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Weights of the loss by timestep: numbers that lie evenly spaced from the timestep with the most
 * noise to that with the least, and a straight line between two.
 *
 * @param values from most noise to least, 0 or more and not all 0, at least two; none for equal
 *     weights
 */
public record TimestepWeights(List<Double> values) implements Canonical {
  /** Every timestep alike. */
  public static final TimestepWeights EQUAL = new TimestepWeights(List.of());

  private static final int FEWEST = 2;

  /**
   * Copies and checks the numbers.
   *
   * @throws IllegalArgumentException with all that is wrong
   */
  public TimestepWeights {
    values = List.copyOf(values);
    boolean finite = values.stream().allMatch(w -> Double.isFinite(w) && w >= 0);
    new SettingProblems()
        .that(
            values.isEmpty() || values.size() >= FEWEST,
            "timestep_weights has one number; it has at least two, from most noise to least")
        .that(finite, "timestep_weights has a number that is not finite or below 0")
        .that(
            values.isEmpty() || values.stream().anyMatch(w -> w > 0),
            "timestep_weights is 0 everywhere, so that nothing would be learned")
        .check();
  }

  /**
   * The weight at a place.
   *
   * @param place from 0, the timestep with the most noise, to 1, that with the least
   */
  public double at(double place) {
    if (values.isEmpty()) {
      return 1;
    }
    int last = values.size() - 1;
    double position = Math.max(0, Math.min(1, place)) * last;
    int before = Math.min((int) position, last - 1);
    double share = position - before;
    return (1 - share) * values.get(before) + share * values.get(before + 1);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("TimestepWeights").with("values", values).text();
  }
}
