package dev.lora4j.core.adapter.training;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.nn.Site;

/**
 * Training parameters of one layer's factors.
 *
 * @param rank of its factors
 * @param alpha numerator of the scale
 * @param rankStabilised whether the scale is {@code alpha / sqrt(rank)} (rsLoRA, Kalajdzievski
 *     2023), else {@code alpha / rank}
 * @param start initialisation of LoRA's factors
 */
public record SiteRecipe(long rank, double alpha, boolean rankStabilised, FactorInit start) {
  /**
   * Recipe of existing factors.
   *
   * @param rank of these factors
   */
  public static SiteRecipe of(Factors found, long rank) {
    String alpha = found.settings().get(AdapterMethod.ALPHA);
    double scaled = alpha == null ? rank : Double.parseDouble(alpha);
    return new SiteRecipe(rank, scaled, false, FactorInit.KAIMING);
  }

  /**
   * Checks that a layer's weight has as many directions as the rank.
   *
   * @param what takes them, up to and with the weight, as the beginning of a sentence
   * @throws IllegalArgumentException if it has fewer
   */
  public void requireDirections(Site site, String what) {
    long most = Math.min(site.out(), site.rest());
    if (rank > most) {
      throw new IllegalArgumentException(
          what
              + ", of which "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + most
              + "; the rank "
              + rank
              + " is more");
    }
  }

  /** Scale of the effect: alpha / rank, or alpha / sqrt(rank). */
  public double scale() {
    return alpha / (rankStabilised ? Math.sqrt((double) rank) : (double) rank);
  }

  /** The alpha to store for factors of {@code storedRank}, as readers divide it by that rank. */
  public double storedAlpha(long storedRank) {
    return scale() * storedRank;
  }
}
