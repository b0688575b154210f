package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Clusters of rows by k-means (Lloyd 1982). The first centres are the longest row and then again
 * and again the row that is farthest from all of them (Gonzalez 1985), so that nothing is random
 * and the order of the rows does not matter. Where there are fewer different rows than centres, the
 * centres that are too many have no rows.
 */
final class UnitClusters {
  /** Rows nearer than this share of the longest count as the same. */
  private static final double SAME = 1e-6;

  private final Expr rows;
  private final Expr lengths;
  private final int count;

  /** 1 where a row is of a cluster, else 0: [rows, clusters], F64. */
  private Expr members;

  /**
   * Finds them.
   *
   * @param rows [rows, numbers], F64
   * @param count number of clusters
   * @param steps of k-means
   */
  UnitClusters(Expr rows, int count, int steps) {
    this.rows = rows;
    this.lengths = RankUnits.length(rows);
    this.count = count;
    this.members = firstMembers();
    for (int step = 0; step < steps; step++) {
      members = nearest(centroids(), sizes().eq(0));
    }
  }

  private Expr firstMembers() {
    List<Expr> centres = new ArrayList<>();
    List<Expr> none = new ArrayList<>();
    Expr far = lengths.reshape(-1);
    Expr least = far.over(0).max().mul(SAME);
    for (int i = 0; i < count; i++) {
      Expr chosen = far.argmax(0).reshape(1);
      Expr centre = rows.indexSelect(0, chosen);
      centres.add(centre);
      none.add(far.indexSelect(0, chosen).le(least));
      Expr apart = RankUnits.length(rows.sub(centre)).reshape(-1);
      far = i == 0 ? apart : far.where(far.lt(apart), apart);
    }
    return nearest(ShapeOps.cat(centres, 0), ShapeOps.cat(none, 0).reshape(1, count));
  }

  /**
   * Members of the nearest centres.
   *
   * @param centres [clusters, numbers]
   * @param none [1, clusters], centres that take no rows
   */
  private Expr nearest(Expr centres, Expr none) {
    List<Expr> distances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      distances.add(RankUnits.length(rows.sub(centres.slice(0, i, i + 1))));
    }
    Expr all = ShapeOps.cat(distances, 1).maskedFill(none, Double.POSITIVE_INFINITY);
    return all.argmin(1).oneHot(count).to(DType.F64);
  }

  /** Number of rows of each cluster, [1, clusters]. */
  private Expr sizes() {
    return members.sum(0);
  }

  /** Means of the rows, [clusters, numbers]; 0 of a cluster without rows. */
  Expr centroids() {
    return mean(rows);
  }

  /** Mean lengths of the rows, [clusters, 1]. */
  Expr meanLengths() {
    return mean(lengths);
  }

  private Expr mean(Expr of) {
    return members.transpose(0, 1).matmul(of).div(sizes().clampMin(1).transpose(0, 1));
  }

  /** Number of clusters with rows, a scalar, F64. */
  Expr used() {
    return sizes().gt(0).to(DType.F64).sum();
  }
}
