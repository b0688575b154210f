package dev.lora4j.core.mix;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Share of an adapter's weight at each site.
 *
 * @param text the user's spelling, for people and records
 * @param bySite share by canonical site name; 1 at all others, and 0 leaves the site alone
 */
public record SiteWeights(String text, SortedMap<String, Double> bySite) {
  /** The whole weight everywhere. */
  public static final SiteWeights ALL = new SiteWeights("", new TreeMap<>());

  /** Copies its map. */
  public SiteWeights {
    bySite = Collections.unmodifiableSortedMap(new TreeMap<>(bySite));
    for (Map.Entry<String, Double> entry : bySite.entrySet()) {
      if (!Double.isFinite(entry.getValue())) {
        throw new IllegalArgumentException(
            "the share at " + entry.getKey() + " must be a number, found " + entry.getValue());
      }
    }
  }

  /** The share at a site. */
  public double at(String site) {
    return bySite.getOrDefault(site, 1.0);
  }

  /** Returns true if the share is 1 everywhere. */
  public boolean all() {
    return bySite.isEmpty();
  }
}
