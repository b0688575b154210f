package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.SitePattern;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Another rank or alpha for some layers, as PEFT's {@code rank_pattern} and {@code alpha_pattern}
 * or kohya's {@code network_reg_dims}.
 *
 * @param rank instead of the recipe's
 * @param alpha instead of the recipe's
 */
public record SiteOverride(SitePattern sites, OptionalInt rank, OptionalDouble alpha) {
  /** Another rank; alpha stays that of the recipe. */
  public static SiteOverride rank(String pattern, int rank) {
    return new SiteOverride(SitePattern.of(pattern), OptionalInt.of(rank), OptionalDouble.empty());
  }

  /** Another alpha. */
  public static SiteOverride alpha(String pattern, double alpha) {
    return new SiteOverride(SitePattern.of(pattern), OptionalInt.empty(), OptionalDouble.of(alpha));
  }

  /** Another rank and alpha. */
  public static SiteOverride of(String pattern, int rank, double alpha) {
    return new SiteOverride(
        SitePattern.of(pattern), OptionalInt.of(rank), OptionalDouble.of(alpha));
  }
}
