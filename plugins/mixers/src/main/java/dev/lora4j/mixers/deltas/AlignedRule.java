package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Rule that blends coordinates of changes in a basis that they share. */
public enum AlignedRule {
  /** The greatest numbers of each; at each place the mean of those with the sign that wins. */
  TIES,
  /** Numbers that stay by chance, scaled up; then as TIES. */
  DARE_TIES,
  /** The greatest numbers of each; at each place the mean of those that are not 0. */
  MEAN;

  /** Returns true if it looks for the greatest numbers of the whole model. */
  boolean trims() {
    return this != DARE_TIES;
  }

  /**
   * The blend.
   *
   * @param coordinates in the place of the changes, with the thresholds of {@link Trim#MODEL}
   */
  Expr blend(SiteDeltas coordinates, double density) {
    List<Expr> left =
        trims()
            ? Trim.MODEL.changes(coordinates, density)
            : new RandomDropping(density, Rescale.PROBABILITY).changes(coordinates);
    if (this != MEAN) {
      return new Consensus(Election.SUM, SumDivisor.COUNT).of(coordinates.parts(), left);
    }
    Expr count = Consensus.sum(left.stream().map(x -> x.sign().abs()).toList());
    return Consensus.sum(Consensus.weighted(coordinates.parts(), left)).div(count.clampMin(1));
  }
}
