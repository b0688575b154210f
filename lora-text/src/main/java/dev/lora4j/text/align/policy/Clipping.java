package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The clipped surrogate of PPO (Schulman et al. 2017, equation 7), with a greater room above (DAPO,
 * Yu et al. 2025) and a greatest ratio (INTELLECT-2, equation 2).
 *
 * @param low how far below 1 a ratio counts
 * @param high how far above 1 one counts
 * @param greatest ratio of all; infinite for any
 */
record Clipping(double low, double high, double greatest) {
  /**
   * The settings as people write them.
   *
   * @param high 0 for {@code low}
   * @throws IllegalArgumentException if the greatest ratio is below what counts
   */
  static Clipping of(double low, double high, double greatest) {
    double above = high == 0 ? low : high;
    if (!(greatest > 1 + above)) {
      throw new IllegalArgumentException(
          "delta must be above 1 + epsilon_high, which is "
              + (1 + above)
              + ", found "
              + greatest
              + ".");
    }
    return new Clipping(low, above, greatest);
  }

  /** Loss of each ratio with its advantage. */
  Expr each(Expr ratio, Expr advantage) {
    Expr clipped = ratio.clamp(1 - low, 1 + high).mul(advantage);
    return limited(ratio).mul(advantage).minimum(clipped).neg();
  }

  /** Shares of ratios that are clipped, as 0 and 1. */
  Map<String, Expr> measures(Expr ratio, Expr advantage) {
    Expr below = ratio.lt(1 - low).and(advantage.lt(0)).to(ratio.dtype());
    Expr above = ratio.gt(1 + high).and(advantage.gt(0)).to(ratio.dtype());
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("clip_ratio/low_mean", below);
    measures.put("clip_ratio/high_mean", above);
    measures.put("clip_ratio/region_mean", below.add(above));
    return measures;
  }

  /** Marks of the ratios that are clipped on the side where that counts, 1 and 0. */
  Expr clipped(Expr ratio, Expr advantage) {
    return ratio
        .lt(1 - low)
        .and(advantage.lt(0))
        .or(ratio.gt(1 + high).and(advantage.gt(0)))
        .to(ratio.dtype());
  }

  private Expr limited(Expr ratio) {
    return Double.isInfinite(greatest) ? ratio : ratio.clampMax(greatest);
  }
}
