package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A LoRA that is the best approximation of something at each site, and how good that is.
 *
 * @param adapter without metadata
 * @param sites what happened at each site
 */
public record Truncated(Adapter adapter, SortedMap<String, SiteTruncation> sites) {
  /** Copies its map. */
  public Truncated {
    sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
  }

  /** Frobenius norm of all that was lost, relative to all there was. */
  public double error() {
    double lost = 0;
    double whole = 0;
    for (SiteTruncation site : sites.values()) {
      lost += Math.pow(site.spectrum().lost(site.rank()), 2);
      whole += Math.pow(site.spectrum().norm(), 2);
    }
    return whole == 0 ? 0 : Math.sqrt(lost / whole);
  }
}
