package dev.lora4j.core.adapter.training;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;

/**
 * How one layer is to be trained.
 *
 * @param rank of its factors
 * @param alpha by which the effect is scaled
 * @param rankStabilised whether the scale is {@code alpha / sqrt(rank)} (rsLoRA, Kalajdzievski
 *     2023), else {@code alpha / rank}
 * @param start how the factors of LoRA begin
 */
public record SiteRecipe(long rank, double alpha, boolean rankStabilised, FactorInit start) {
  /**
   * How factors were trained that are there already.
   *
   * @param rank that they have
   */
  public static SiteRecipe of(Factors found, long rank) {
    String alpha = found.settings().get(AdapterMethod.ALPHA);
    double scaled = alpha == null ? rank : Double.parseDouble(alpha);
    return new SiteRecipe(rank, scaled, false, FactorInit.KAIMING);
  }

  /** What the effect is multiplied by. */
  public double scale() {
    return alpha / (rankStabilised ? Math.sqrt((double) rank) : (double) rank);
  }

  /** The alpha to store for factors of {@code storedRank}, as readers divide it by that rank. */
  public double storedAlpha(long storedRank) {
    return scale() * storedRank;
  }
}
