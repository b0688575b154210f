package dev.lora4j.core.adapter.training;

/**
 * How one layer is to be trained.
 *
 * @param rank of its factors
 * @param alpha by which the effect is scaled
 * @param rankStabilised whether the scale is {@code alpha / sqrt(rank)} (rsLoRA, Kalajdzievski
 *     2023), else {@code alpha / rank}
 * @param start how the factors of LoRA begin
 */
public record SiteRecipe(long rank, double alpha, boolean rankStabilised, FactorsStart start) {
  /** What the effect is multiplied by. */
  public double scale() {
    return alpha / (rankStabilised ? Math.sqrt((double) rank) : (double) rank);
  }

  /** The alpha to store for factors of {@code storedRank}, as readers divide it by that rank. */
  public double storedAlpha(long storedRank) {
    return scale() * storedRank;
  }
}
