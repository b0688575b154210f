package dev.lora4j.core.lowrank;

import java.util.Arrays;

/**
 * Singular values of one site's change, greatest first, with its scale; values below F32's rounding
 * are 0. Compares by identity, as arrays do.
 */
public final class Spectrum {
  private final double[] values;
  private final double rest;

  Spectrum(double... values) {
    this(values, 0);
  }

  /**
   * The greatest singular values of something larger.
   *
   * @param rest Frobenius norm of what has all the others
   */
  Spectrum(double[] values, double rest) {
    this.values = values.clone();
    this.rest = rest;
  }

  /** The spectrum times {@code scale}. */
  Spectrum times(double scale) {
    return new Spectrum(Arrays.stream(values).map(v -> v * scale).toArray(), rest * scale);
  }

  /**
   * Frobenius norm of the singular values beyond {@link #values}: for large changes, and in a
   * randomised extraction, only the greatest are computed. 0 where they are all that there are.
   */
  public double rest() {
    return rest;
  }

  /** The values, as a fresh array. */
  public double[] values() {
    return values.clone();
  }

  /** Number of singular values other than 0. */
  public int rank() {
    return (int) Arrays.stream(values).filter(v -> v > 0).count();
  }

  /** Frobenius norm of the change. */
  public double norm() {
    return Math.hypot(root(0, values.length), rest);
  }

  /** Frobenius norm of the error if the {@code rank} greatest are kept. */
  public double lost(int rank) {
    return Math.hypot(root(Math.min(rank, values.length), values.length), rest);
  }

  /** Share of the Frobenius norm that the {@code rank} greatest keep; 1 of nothing. */
  public double retained(int rank) {
    double whole = norm();
    return whole == 0 ? 1 : root(0, Math.min(rank, values.length)) / whole;
  }

  private double root(int from, int to) {
    // From the least on, so that small values are not lost against great ones.
    double sum = 0;
    for (int i = to - 1; i >= from; i--) {
      sum += values[i] * values[i];
    }
    return Math.sqrt(sum);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
