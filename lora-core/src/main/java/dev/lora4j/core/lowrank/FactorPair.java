package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;

/**
 * A product {@code up down} as it is stored in factors, a Tucker core between them or not.
 *
 * @param up [out, rank, ...]; [rank, out] if it is {@code turned}
 * @param down [rank, rest ...]; beside a core [inner rank, in, ...]
 * @param core [rank, inner rank, kernel sizes]
 */
record FactorPair(HostTensor up, boolean turned, HostTensor down, Optional<HostTensor> core) {
  /** The two factors in F64: [out, rank] and [rest, rank]. */
  private record Sides(HostMatrix out, HostMatrix rest) {}

  private long rank() {
    return core.orElse(down).shape().size(0);
  }

  private long out() {
    return up.shape().elements() / rank();
  }

  private long rest() {
    return down.shape().elements()
        * core.map(c -> c.shape().elements() / c.shape().size(1)).orElse(1L)
        / down.shape().size(0)
        / core.map(c -> rank()).orElse(1L);
  }

  private Sides sides() {
    HostMatrix left = HostMatrix.of(up);
    HostMatrix right = HostMatrix.of(down);
    return new Sides(
        turned ? left.transposed() : left,
        core.map(c -> contracted(c, right)).orElse(right).transposed());
  }

  /** Down [rank, taps * in] with a core multiplied into it; the order of taps is of no matter. */
  private static HostMatrix contracted(HostTensor core, HostMatrix down) {
    int rank = Math.toIntExact(core.shape().size(0));
    int inner = Math.toIntExact(core.shape().size(1));
    HostMatrix taps = HostMatrix.of(core).blocksTransposed(inner);
    return taps.times(down).as(rank);
  }

  /** The Frobenius norm of the product: {@code |BA|^2 = sum of (B^T B) o (A A^T)}. */
  double norm() {
    Sides sides = sides();
    return Math.sqrt(Math.max(0, sides.out.gram().inner(sides.rest.gram())));
  }

  /** Multiplications that {@link #norm} takes. */
  long cost() {
    return (out() + rest()) * rank() * rank() + contraction();
  }

  private long contraction() {
    return core.map(c -> c.shape().size(1) * rank() * rest()).orElse(0L);
  }

  /**
   * The Frobenius norm of this product times another, element by element: by the Gram matrices of
   * all pairs of directions where these are few, else row by row.
   */
  double normTimes(FactorPair other) {
    Sides a = sides();
    Sides b = other.sides();
    return Math.sqrt(
        pairsCost(other) <= rowsCost(other)
            ? Math.max(0, a.out.pairs(b.out).gram().inner(a.rest.pairs(b.rest).gram()))
            : HostMatrix.squareByRows(a.out, a.rest.transposed(), b.out, b.rest.transposed()));
  }

  /** Multiplications that {@link #normTimes} takes. */
  long costTimes(FactorPair other) {
    return Math.min(pairsCost(other), rowsCost(other)) + contraction() + other.contraction();
  }

  private long pairsCost(FactorPair other) {
    long pairs = rank() * other.rank();
    return (out() + rest()) * pairs * pairs;
  }

  private long rowsCost(FactorPair other) {
    return out() * rest() * (rank() + other.rank());
  }
}
