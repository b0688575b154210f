package dev.lora4j.core.mix;

import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import java.util.List;
import java.util.SortedMap;

/**
 * The unmerged factors of one adapter in a mix.
 *
 * @param adapter its key
 * @param parts by site, in the order of the sites' names
 */
record MixColumn(AdapterColumn adapter, SortedMap<Site, List<Part>> parts) {
  /** Directions of its parts at a site. */
  int rank(Site site) {
    return parts.getOrDefault(site, List.of()).stream()
        .mapToInt(part -> part.rank(site).orElse(0))
        .sum();
  }

  /** Returns true if one of its parts at a site has a router. */
  boolean routed(Site site) {
    return parts.getOrDefault(site, List.of()).stream().anyMatch(Part::routed);
  }
}
