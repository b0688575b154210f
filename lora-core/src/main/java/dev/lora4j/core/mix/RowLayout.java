package dev.lora4j.core.mix;

import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the numbers of a direction lie in a slot of {@link RowFactors}: at each site down, then up.
 *
 * @param places by the names of the sites
 * @param numbers of all sites
 */
record RowLayout(Map<String, Place> places, int numbers) {
  /**
   * Place of a site.
   *
   * @param site its number
   * @param at first number of down
   */
  record Place(int site, int at) {}

  static RowLayout of(List<Site> sites) {
    Map<String, Place> places = new HashMap<>();
    int at = 0;
    for (Site site : sites) {
      places.put(site.name(), new Place(places.size(), at));
      at += Math.toIntExact(site.in() + site.out());
    }
    return new RowLayout(places, at);
  }

  boolean has(Collection<String> sites) {
    return places.keySet().containsAll(sites);
  }

  Place of(Site site) {
    return Optional.ofNullable(places.get(site.name())).orElseThrow();
  }
}
