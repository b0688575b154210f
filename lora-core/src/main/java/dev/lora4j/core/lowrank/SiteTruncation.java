package dev.lora4j.core.lowrank;

/**
 * What truncation did to one site.
 *
 * @param spectrum the singular values before
 * @param rank how many directions were kept
 */
public record SiteTruncation(Spectrum spectrum, int rank) {
  /** Frobenius norm of what was lost, relative to what there was; 0 of nothing. */
  public double error() {
    double norm = spectrum.norm();
    return norm == 0 ? 0 : spectrum.lost(rank) / norm;
  }
}
