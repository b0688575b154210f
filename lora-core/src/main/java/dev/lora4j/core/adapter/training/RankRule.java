package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import java.util.Arrays;
import java.util.Locale;

/** Rule by which layers get their ranks. */
public enum RankRule implements Canonical {
  /** Those of the recipe. */
  UNIFORM,
  /**
   * In proportion to the energy of the gradient of each layer's weight, the mean of its squares
   * over batches of the training data, with as many trained numbers in all as the recipe's ranks
   * have. PEFT's pull request 3204 calls it the diagonal of the empirical Fisher information.
   */
  BY_ENERGY;

  /**
   * The rule called {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RankRule named(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    return Arrays.stream(values())
        .filter(rule -> rule.toString().equals(plain))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No rule of ranks is called "
                        + name
                        + "; there are "
                        + String.join(
                            ", ", Arrays.stream(values()).map(RankRule::toString).toList())
                        + "."));
  }

  @Override
  public String canonical() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Name in requests. */
  @Override
  public String toString() {
    return canonical();
  }
}
