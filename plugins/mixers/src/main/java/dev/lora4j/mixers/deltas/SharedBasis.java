package dev.lora4j.mixers.deltas;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.mixer.Coordinates;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The left singular vectors U of the changes side by side, [d1 ... dn] = U S [V1 ... Vn] (Stoica et
 * al., "Model merging with SVD to tie the Knots", 2024). A change has the coordinates S Vi = U' di.
 * U stays as it is if an adapter comes elsewhere in the order, up to signs of its columns.
 *
 * @param vectors U as [out, directions], F64
 * @param present 1 where a direction counts, else 0: [directions, 1], F64
 */
record SharedBasis(Expr vectors, Expr present) {
  /**
   * A direction with a singular value up to this one does not count, as in the paper; where the
   * greatest of a layer is below 1, up to this share of it, so that no layer loses all of them.
   */
  private static final double NOTHING = 1e-5;

  /** The basis of changes of a layer's weight. */
  static SharedBasis of(List<SiteDelta> parts) {
    Expr beside = ShapeOps.cat(parts.stream().map(SharedBasis::left).toList(), 1);
    boolean whole = parts.stream().anyMatch(part -> part.factors().isEmpty());
    long rows = parts.get(0).delta().shape().size(0);
    long columns = parts.get(0).delta().shape().size(1);
    if (whole && rows <= columns * parts.size()) {
      // Many columns: the eigenvectors of [out, out] have the same directions at a fraction of the
      // work. Half of the digits of F64 are lost, which leaves more than F32 has.
      LinalgOps.Eigen found = beside.matmul(beside.transpose(0, 1)).eigh();
      return new SharedBasis(
          found.vectors().flip(1), present(found.values().flip(0).clampMin(0).sqrt()));
    }
    LinalgOps.Svd found = beside.svd();
    return new SharedBasis(found.u(), present(found.values()));
  }

  private static Expr present(Expr sigma) {
    Expr least = sigma.over(0).max().clampMax(1).mul(NOTHING);
    return sigma.gt(least).to(DType.F64).unsqueeze(-1);
  }

  /**
   * A matrix with the singular values and left vectors of a change, F64: with down' = Q R that is
   * up R', as narrow as the factors.
   */
  private static Expr left(SiteDelta part) {
    if (part.factors().isEmpty()) {
      return part.delta().to(DType.F64);
    }
    LowRank pair = part.factors().get();
    Expr r = pair.down().to(DType.F64).transpose(0, 1).qr().r();
    return pair.up().to(DType.F64).matmul(r.transpose(0, 1));
  }

  /** Coordinates of all changes: [directions, rest], 0 where a direction does not count. */
  Coordinates coordinates(List<SiteDelta> parts) {
    Expr across = vectors.transpose(0, 1).mul(present);
    List<Expr> all = new ArrayList<>();
    for (SiteDelta part : parts) {
      Expr coordinates =
          part.factors()
              .map(p -> across.matmul(p.up().to(DType.F64)).matmul(p.down().to(DType.F64)))
              .orElseGet(() -> across.matmul(part.delta().to(DType.F64)));
      all.add(coordinates.to(DType.F32));
    }
    double columns = (double) parts.get(0).delta().shape().size(1);
    return new Coordinates(all, present.sum().mul(columns));
  }
}
