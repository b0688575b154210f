package dev.lora4j.mixers.deltas;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The rank units of several LoRAs at a layer: of each direction its row of down beside its column
 * of up, both equally long, at the adapter's weight.
 *
 * @param numbers [units, rest and out], F64
 * @param rest columns that are of down
 * @param out columns that are of up
 */
record RankUnits(Expr numbers, long rest, long out) {
  /** Shorter units are none. */
  private static final double NOTHING = 1e-30;

  /** The units of changes that are products. */
  static RankUnits of(List<SiteDelta> parts) {
    List<Expr> all = new ArrayList<>();
    for (SiteDelta part : parts) {
      LowRank pair = part.factors().orElseThrow();
      Expr down = pair.down().to(DType.F64);
      Expr up = pair.up().mul(part.weight()).to(DType.F64).transpose(0, 1);
      Expr first = length(down);
      Expr second = length(up);
      Expr root = first.mul(second).sqrt();
      all.add(
          down.mul(root.div(first.clampMin(NOTHING)))
              .cat(1, up.mul(root.div(second.clampMin(NOTHING)))));
    }
    Shape change = parts.get(0).delta().shape();
    return new RankUnits(ShapeOps.cat(all, 0), change.size(1), change.size(0));
  }

  /** Euclidean lengths of rows, [rows, 1]. */
  static Expr length(Expr rows) {
    return rows.mul(rows).sum(1).sqrt();
  }

  /** Number of units, a scalar, F64. */
  Expr count() {
    return numbers.select(1, 0).mul(0).add(1).sum();
  }

  /** The product of units, with their rows and columns as factors. */
  LowRank product(Expr units) {
    Expr down = units.slice(1, 0, rest).to(DType.F32);
    Expr up = units.slice(1, rest, rest + out).transpose(0, 1).to(DType.F32);
    return new LowRank(down, up);
  }
}
