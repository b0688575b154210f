package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Structure;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;

/** The canonical shapes of LoRA's factors at a site, beyond those of any low-rank form. */
final class LoraShapes {
  private LoraShapes() {}

  /**
   * [out, rank], [out, rank, 1, ...]. In a convolution with groups the file may have it per group,
   * as PEFT does: [out, rank / groups, 1, ...].
   */
  static Shape up(Site site, Shape found, long rank) {
    long columns = found.elements() / Math.max(1, site.out());
    boolean grouped = site.groups() > 1 && columns * site.groups() == rank;
    return LowRank.up(site, grouped ? columns : rank);
  }

  /** [left, right, kernel sizes]. */
  static Shape mid(Site site, long left, long right) {
    return site.weight().with(0, left).with(1, right);
  }

  /** Rank of the product. */
  static long rank(Structure factors) {
    return factors.has(LoraMethod.MID)
        ? factors.shape(LoraMethod.MID).size(0)
        : factors.shape(LoraMethod.DOWN).size(0);
  }
}
