package dev.lora4j.core.lowrank;

/**
 * Two changes of one weight.
 *
 * @param normA Frobenius norm of the first
 * @param normB of the second
 * @param inner their inner product, the sum over all elements
 * @param overlapOut {@code |U1' U2|^2 / min(r1, r2)} of their left singular vectors, from 0 to 1
 *     (Hu et al. 2021, section 7.2, with all directions of both); 0 if one of them is none
 * @param overlapIn the same of the right ones
 */
public record SiteComparison(
    double normA, double normB, double inner, double overlapOut, double overlapIn) {
  /** Frobenius norm of the difference. */
  public double distance() {
    return distance(normA, normB, inner);
  }

  /** Cosine of the angle between them; 0 if one of them is none. */
  public double cosine() {
    return cosine(normA, normB, inner);
  }

  /** Half of the digits are lost where both are nearly equal, which is why all is F64. */
  static double distance(double a, double b, double inner) {
    return Math.sqrt(Math.max(0, a * a + b * b - 2 * inner));
  }

  static double cosine(double a, double b, double inner) {
    return a == 0 || b == 0 ? 0 : Math.max(-1, Math.min(1, inner / (a * b)));
  }
}
