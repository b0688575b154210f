package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Drops the greatest numbers of each parameter, and the smallest ones (Davari and Belilovsky,
 * "Model Breadcrumbs", ECCV 2024).
 *
 * @param density share of the numbers that stays
 * @param outliers share that is dropped of the greatest; less, where the density would not be left
 */
record OutlierDropping(double density, double outliers) {
  /** Refuses shares that cannot be. */
  static void require(double density, double outliers) {
    MixerArguments.requireDensity(density);
    if (!(outliers >= 0 && outliers < 1)) {
      throw new IllegalArgumentException(
          "gamma is at least 0 and below 1, the share of the greatest numbers that is dropped,"
              + " found "
              + outliers);
    }
  }

  /** The changes with what is left. */
  List<Expr> changes(SiteDeltas deltas) {
    return deltas.parts().stream().map(this::change).toList();
  }

  private Expr change(SiteDelta part) {
    Expr delta = part.delta();
    long count = delta.shape().elements();
    // A slice that ends before the last of 0 is empty, so that counts are from the smallest on.
    long kept = Math.max(1, (long) (density * count));
    long small = Math.max(0, count - kept - (long) (outliers * count));
    Expr size = delta.abs();
    Expr left = delta;
    if (small > 0) {
      left = left.mul(Indicator.atLeast(size, OrderStatistic.at(size, small + 1)));
    }
    if (small + kept < count) {
      left = left.mul(Indicator.atLeast(OrderStatistic.at(size, small + kept), size));
    }
    return left;
  }
}
