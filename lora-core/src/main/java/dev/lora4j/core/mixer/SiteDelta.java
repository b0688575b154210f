package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Change of one adapter at a parameter, in a program that is being staged.
 *
 * @param adapter index of the adapter
 * @param delta the change at weight 1: [out, rest] of a layer's weight, [width] of others, F32
 * @param factors the same as a product of two, down [rank, rest] and up [out, rank], F32, where it
 *     is one
 * @param weight of the adapter at this parameter, a scalar, F32
 * @param uniform numbers from 0 to below 1, each as likely, in the shape of the change, F32; they
 *     depend on the seed, the adapter's content and the parameter's name alone
 * @param places of the numbers of each row by their magnitudes, 0 for the smallest, of equal ones
 *     for the first; in the shape of the change, F32
 * @param stored the factors as they are stored, for mixers that {@linkplain DeltaMixer#needs need}
 *     these; empty for others
 */
public record SiteDelta(
    int adapter,
    Expr delta,
    Optional<LowRank> factors,
    Expr weight,
    Draw uniform,
    Draw places,
    Optional<StoredFactors> stored) {
  /** Stages numbers that are made outside of the program, at their first use. */
  @FunctionalInterface
  public interface Draw {
    /** The numbers, the same in each call. */
    Expr numbers();
  }

  /** A change that is no product, whose numbers find their places in the program, by sorting. */
  public static SiteDelta of(int adapter, Expr delta, Expr weight, Draw uniform) {
    return new SiteDelta(
        adapter, delta, Optional.empty(), weight, uniform, () -> sorted(delta), Optional.empty());
  }

  /** A copy that is the product of factors. */
  public SiteDelta with(LowRank product) {
    return new SiteDelta(adapter, delta, Optional.of(product), weight, uniform, places, stored);
  }

  /** A copy with the factors as they are stored. */
  public SiteDelta with(StoredFactors others) {
    return new SiteDelta(adapter, delta, factors, weight, uniform, places, Optional.of(others));
  }

  private static Expr sorted(Expr delta) {
    int row = delta.shape().rank() - 1;
    Expr order = delta.abs().sort(row).indices();
    Expr places = Constants.arange(delta.graph(), DType.F32, Dim.of(delta.shape().size(row)));
    return delta.mul(0).scatter(row, order, places.expand(delta.shape().sizes()));
  }

  /** The change at its weight. */
  public Expr weighted() {
    return delta.mul(weight);
  }

  /** The inner product of two changes at weight 1, a scalar, F64: by the factors if they can be. */
  public Expr product(SiteDelta other) {
    if (factors.isEmpty() || other.factors.isEmpty()) {
      return wide(delta).mul(wide(other.delta)).sum();
    }
    LowRank left = factors.get();
    LowRank right = other.factors.get();
    Expr ups = wide(left.up()).transpose(0, 1).matmul(wide(right.up()));
    Expr downs = wide(left.down()).matmul(wide(right.down()).transpose(0, 1));
    return ups.mul(downs).sum();
  }

  private static Expr wide(Expr x) {
    return x.to(DType.F64);
  }
}
