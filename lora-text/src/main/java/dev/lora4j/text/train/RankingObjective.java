package dev.lora4j.text.train;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * Multiple negatives ranking (Henderson et al. 2017, section 4.4; InfoNCE, van den Oord et al.
 * 2018): of all documents of a batch, each anchor is to be nearest to its own.
 *
 * @param scale what cosines are multiplied with, above 0: one divided by the temperature
 * @param symmetric whether each positive is also to be nearest to its own anchor of all; the loss
 *     is then the mean of both directions
 */
public record RankingObjective(double scale, boolean symmetric) implements Canonical {
  /** The objective that sentence-transformers 6.2 has by default. */
  public static final RankingObjective DEFAULT = new RankingObjective(20, false);

  /** The least length that a vector is divided by, as in torch. */
  private static final double LEAST = 1e-12;

  /** Checks the scale. */
  public RankingObjective {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("A scale of cosines is above 0, found " + scale + ".");
    }
  }

  /** Vectors of length 1: [rows, width]. */
  static Expr normed(Expr vectors) {
    return vectors.div(vectors.over(1).keeping().norm(2).clampMin(LEAST));
  }

  /**
   * The loss of each anchor.
   *
   * @param cosines [anchors, documents], of which the first are the positives in the anchors' order
   * @param excluded shaped as the cosines: minus infinity for documents that are neither the
   *     anchor's own nor count against it, else 0
   * @return [anchors]
   */
  public Expr each(Expr cosines, Expr excluded) {
    Expr scores = cosines.mul(scale);
    Dim anchors = scores.dim(0);
    Expr own = scores.narrow(1, Dim.of(0), anchors).diagonal();
    Expr forward = scores.add(excluded).over(1).logSumExp().sub(own);
    if (!symmetric) {
      return forward;
    }
    Expr positives = scores.add(excluded).narrow(1, Dim.of(0), anchors);
    Expr backward = positives.over(0).logSumExp().sub(own);
    return forward.add(backward).mul(0.5);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("MultipleNegativesRanking")
        .with("scale", scale)
        .with("symmetric", symmetric)
        .text();
  }
}
