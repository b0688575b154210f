package dev.lora4j.core.lowrank;

/**
 * Result of truncation at one site.
 *
 * @param spectrum the singular values before
 * @param rank number of directions kept
 */
public record SiteTruncation(Spectrum spectrum, int rank) {
  /** Truncation error as a Frobenius norm, relative to the norm before; 0 for a norm of 0. */
  public double error() {
    double norm = spectrum.norm();
    return norm == 0 ? 0 : spectrum.lost(rank) / norm;
  }
}
