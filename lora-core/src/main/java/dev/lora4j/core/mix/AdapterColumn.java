package dev.lora4j.core.mix;

import java.util.Comparator;
import java.util.Set;

/**
 * What an adapter in plans is that can share a column of weights. An adapter that is twice in a
 * plan has two.
 *
 * @param adapter its identity
 * @param acted the sites where something after it acts on the weight, so that it is inside
 * @param times how often the same was in the plan before
 */
record AdapterColumn(
    String adapter, SiteWeights shares, Route route, Set<String> acted, int times) {
  /**
   * Does not depend on the order of plans, so that the same adapters always lie in the same way.
   */
  static final Comparator<AdapterColumn> ORDER =
      Comparator.comparing(AdapterColumn::adapter).thenComparingInt(AdapterColumn::times);

  /** The same once more. */
  AdapterColumn again() {
    return new AdapterColumn(adapter, shares, route, acted, times + 1);
  }
}
