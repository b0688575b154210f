package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The weighted Karcher mean of directions (Karcher 1977) in the plane that they span: it is a sum
 * of them, so that their lengths and angles are all that is needed.
 */
final class SphericalMean {
  /** Shorter sums and steps, and sines of smaller angles, count as 0. */
  private static final double NOTHING = 1e-5;

  private final int count;
  private final Cosines cosines;
  private final List<Expr> shares;

  /** Cosines of each pair, F64 [n, n]. */
  private final Expr angles;

  /**
   * Of changes.
   *
   * @param shares of each, F64 scalars; the others up to 1 are those of changes that are 0
   */
  SphericalMean(Cosines cosines, List<Expr> shares) {
    this.count = shares.size();
    this.cosines = cosines;
    this.shares = shares;
    Expr[] all = new Expr[count * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        all[i * count + j] = cosines.of(i, j);
        all[j * count + i] = all[i * count + j];
      }
    }
    this.angles = ShapeOps.stack(List.of(all), 0).reshape(count, count);
  }

  /** Coefficients of the changes at weight 1 in the mean, F64 scalars. */
  List<Expr> coefficients(int steps) {
    List<Expr> all = new ArrayList<>();
    List<Expr> lengths = new ArrayList<>();
    List<Expr> there = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Expr length = cosines.length(i);
      lengths.add(length);
      there.add(shares.get(i).maskedFill(length.eq(0), 0));
      all.add(shares.get(i).mul(length));
    }
    Expr length = ShapeOps.stack(lengths, 0);
    Expr mean = mean(ShapeOps.stack(there, 0), steps);
    Expr directions = mean.div(length.maskedFill(length.eq(0), 1));
    Expr result = directions.mul(Consensus.sum(all));
    List<Expr> each = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      each.add(result.slice(0, i, i + 1).reshape(new long[0]));
    }
    return each;
  }

  /** Coefficients of the directions in their mean, F64 [n]. */
  private Expr mean(Expr weights, int steps) {
    Expr total = weights.sum();
    Expr share = weights.div(total.maskedFill(total.eq(0), 1));
    Expr start = length(share);
    // Directions that cancel each other have no mean to start from.
    Expr places = Constants.arange(weights.graph(), DType.I64, Dim.of(count));
    Expr first = places.eq(0).to(DType.F64);
    Expr mean = first.where(start.lt(NOTHING), share.div(start.clampMin(NOTHING)));
    for (int step = 0; step < steps; step++) {
      mean = next(share, mean);
    }
    return mean;
  }

  private Expr next(Expr share, Expr mean) {
    Expr cosine = angles.matmul(mean.reshape(count, 1)).reshape(count).clamp(-1, 1);
    Expr angle = cosine.acos();
    Expr sine = angle.sin();
    Expr flat = sine.lt(NOTHING);
    Expr pull = share.mul(angle.div(sine.maskedFill(flat, 1)).maskedFill(flat, 0));
    Expr tangent = pull.sub(mean.mul(pull.mul(cosine).sum()));
    Expr far = length(tangent);
    Expr moved = mean.mul(far.cos()).add(tangent.mul(far.sin().div(far.clampMin(NOTHING))));
    Expr unit = moved.div(length(moved).clampMin(NOTHING));
    return mean.where(far.lt(NOTHING), unit);
  }

  /** Length of a sum of the directions. */
  private Expr length(Expr counts) {
    Expr row = counts.reshape(1, count);
    return row.matmul(angles).reshape(count).mul(counts).sum().clampMin(0).sqrt();
  }
}
