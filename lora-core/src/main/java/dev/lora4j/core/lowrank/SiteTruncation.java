package dev.lora4j.core.lowrank;

/**
 * Result of truncation at one site.
 *
 * @param spectrum the singular values before
 * @param rank number of directions kept
 */
public record SiteTruncation(Spectrum spectrum, int rank) {
  /** Frobenius norm of what was lost, relative to what there was; 0 of nothing. */
  public double error() {
    double norm = spectrum.norm();
    return norm == 0 ? 0 : spectrum.lost(rank) / norm;
  }
}
