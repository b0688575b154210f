package dev.lora4j.core.mix;

import dev.lora4j.core.nn.Site;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Room that the unmerged adapters of a row take in a slot of {@link RowFactors}.
 *
 * @param sites by name
 * @param rank the most directions of all its adapters at a site
 * @param routed whether some have a router, for which slots have no room
 */
record RowShape(SortedMap<String, Site> sites, int rank, boolean routed) {
  static RowShape of(Iterable<MixColumn> columns) {
    SortedMap<String, Site> sites = new TreeMap<>();
    Map<String, Integer> ranks = new HashMap<>();
    boolean routed = false;
    for (MixColumn column : columns) {
      for (Site site : column.parts().keySet()) {
        sites.put(site.name(), site);
        ranks.merge(site.name(), column.rank(site), Integer::sum);
        routed |= column.routed(site);
      }
    }
    return new RowShape(sites, ranks.values().stream().mapToInt(i -> i).max().orElse(0), routed);
  }

  boolean linear() {
    return sites.values().stream().allMatch(site -> site.kind() == Site.Kind.LINEAR);
  }
}
