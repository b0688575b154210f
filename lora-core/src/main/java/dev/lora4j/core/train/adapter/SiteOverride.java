package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Override of rank or alpha for some layers, as PEFT's {@code rank_pattern} and {@code
 * alpha_pattern} or kohya's {@code network_reg_dims}. Of several, the first matching one with a
 * rank sets the rank of a layer, and the first with an alpha its alpha.
 *
 * @param rank instead of the recipe's
 * @param alpha instead of the recipe's
 * @param keepsScale whether alpha follows the rank, so that the layer's scale stays that of the
 *     recipe, unless an override sets its alpha
 */
public record SiteOverride(
    SitePattern sites, OptionalInt rank, OptionalDouble alpha, boolean keepsScale)
    implements Canonical {
  /** Override of the rank; alpha stays that of the recipe. */
  public static SiteOverride rank(String pattern, int rank) {
    return ranked(pattern, rank, false);
  }

  /** Override of the rank with the same scale. */
  public static SiteOverride scaled(String pattern, int rank) {
    return ranked(pattern, rank, true);
  }

  private static SiteOverride ranked(String pattern, int rank, boolean keepsScale) {
    return new SiteOverride(
        SitePattern.of(pattern), OptionalInt.of(rank), OptionalDouble.empty(), keepsScale);
  }

  /** Override of alpha. */
  public static SiteOverride alpha(String pattern, double alpha) {
    return new SiteOverride(
        SitePattern.of(pattern), OptionalInt.empty(), OptionalDouble.of(alpha), false);
  }

  /** Override of rank and alpha. */
  public static SiteOverride of(String pattern, int rank, double alpha) {
    return new SiteOverride(
        SitePattern.of(pattern), OptionalInt.of(rank), OptionalDouble.of(alpha), false);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SiteOverride")
        .with("sites", sites)
        .with("rank", rank)
        .with("alpha", alpha)
        .with("keepsScale", keepsScale)
        .text();
  }
}
