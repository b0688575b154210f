package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Drops numbers by chance, the smaller ones of a row more often (Deep et al., "DELLA-Merging",
 * 2024, MagPrune). A bias is one row.
 *
 * @param density mean probability of a number to stay
 * @param epsilon how far the probability of the greatest number of a row is above that, and that of
 *     the smallest below
 */
record RankDropping(double density, double epsilon, Rescale rescale) {
  /** Refuses what gives no probabilities. */
  static void require(double density, double epsilon) {
    MixerArguments.requireDensity(density);
    if (density < 1 && !(epsilon >= 0 && density - epsilon > 0 && density + epsilon < 1)) {
      throw new IllegalArgumentException(
          "density - epsilon is above 0 and density + epsilon below 1, or density is 1; found the"
              + " density "
              + density
              + " and the epsilon "
              + epsilon);
    }
  }

  /** The changes with what is left. */
  List<Expr> changes(SiteDeltas deltas) {
    return deltas.parts().stream().map(this::change).toList();
  }

  private Expr change(SiteDelta part) {
    if (density >= 1) {
      return part.delta();
    }
    Expr probability = probability(part);
    Expr stays = Indicator.positive(probability.sub(part.uniform().numbers()));
    return rescale.change(part.delta(), stays, probability);
  }

  private Expr probability(SiteDelta part) {
    Expr delta = part.delta();
    int row = delta.shape().rank() - 1;
    long last = delta.shape().size(row) - 1;
    if (last == 0) {
      return delta.graph().constant(density, DType.F32);
    }
    return part.places().numbers().mul(2 * epsilon / last).add(density - epsilon);
  }
}
