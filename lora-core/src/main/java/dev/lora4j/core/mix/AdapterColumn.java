package dev.lora4j.core.mix;

import java.util.Comparator;
import java.util.Set;

/**
 * Key of an adapter that plans can share a column of weights for. An adapter that is twice in a
 * plan has two.
 *
 * @param adapter its identity
 * @param acted sites where a later adapter acts on the weight, so that this one is merged
 * @param times number of equal entries earlier in the plan
 */
record AdapterColumn(
    String adapter, SiteWeights shares, Route route, Set<String> acted, int times) {
  /**
   * Does not depend on the order of plans, so that the same adapters always lie in the same way.
   */
  static final Comparator<AdapterColumn> ORDER =
      Comparator.comparing(AdapterColumn::adapter).thenComparingInt(AdapterColumn::times);

  /** The key of the next equal entry in a plan. */
  AdapterColumn again() {
    return new AdapterColumn(adapter, shares, route, acted, times + 1);
  }
}
