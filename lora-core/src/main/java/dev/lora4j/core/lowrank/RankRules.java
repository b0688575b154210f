package dev.lora4j.core.lowrank;

import dev.lora4j.core.nn.Site;

/**
 * Rank rules by kind of site.
 *
 * @param layers for linear layers and for convolutions of one point
 * @param kernels for all other convolutions
 */
public record RankRules(RankRule layers, RankRule kernels) {
  /** One rule for all sites. */
  public static RankRules same(RankRule rule) {
    return new RankRules(rule, rule);
  }

  /** The rule for a site. */
  public RankRule at(Site site) {
    return site.kernel() ? kernels : layers;
  }
}
