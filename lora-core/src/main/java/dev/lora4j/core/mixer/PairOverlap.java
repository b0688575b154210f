package dev.lora4j.core.mixer;

import java.util.Collection;

/**
 * Two weighted changes of the same weights.
 *
 * @param normA Frobenius norm of the first
 * @param normB of the second
 * @param inner the sum of the products of their numbers
 * @param magnitude the sum of the magnitudes of these products
 * @param overlap of the directions that hold 90 % of each change, the share of the one with fewer
 *     that the other has too, from 0 to 1, a mean of those on the side of the output and of the
 *     input
 */
public record PairOverlap(
    double normA, double normB, double inner, double magnitude, double overlap) {
  /** Overlap of several together, as one vector; a mean weighted by the common part. */
  public static PairOverlap of(Collection<PairOverlap> all) {
    double a = 0;
    double b = 0;
    double inner = 0;
    double magnitude = 0;
    double overlap = 0;
    double weights = 0;
    for (PairOverlap one : all) {
      a += one.normA * one.normA;
      b += one.normB * one.normB;
      inner += one.inner;
      magnitude += one.magnitude;
      double weight = one.normA * one.normB;
      overlap += weight * one.overlap;
      weights += weight;
    }
    return new PairOverlap(
        Math.sqrt(a), Math.sqrt(b), inner, magnitude, weights == 0 ? 0 : overlap / weights);
  }

  /**
   * Share of the common part that has opposite signs: 0.5 for independent changes, less where they
   * agree, more where they undo each other.
   */
  public double conflict() {
    return magnitude == 0 ? 0.5 : (magnitude - inner) / (2 * magnitude);
  }

  /** Cosine of the angle between them; 0 if one of them is none. */
  public double cosine() {
    return normA == 0 || normB == 0 ? 0 : Math.max(-1, Math.min(1, inner / (normA * normB)));
  }
}
