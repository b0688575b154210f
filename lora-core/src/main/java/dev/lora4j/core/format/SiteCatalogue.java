package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sites that a base model has, by canonical name. */
public final class SiteCatalogue {
  private final Map<String, Site> sites = new LinkedHashMap<>();

  /** A catalogue of these sites. */
  public SiteCatalogue(Collection<Site> all) {
    all.forEach(s -> sites.put(s.name(), s));
  }

  /** All sites, in the order of the model. */
  public Collection<Site> all() {
    return List.copyOf(sites.values());
  }

  /** The site called {@code name}. */
  public Optional<Site> find(String name) {
    return Optional.ofNullable(sites.get(name));
  }

  /** Up to {@code count} names most like {@code name}, nearest first. */
  public List<String> nearest(String name, int count) {
    return sites.keySet().stream()
        .sorted(Comparator.comparingInt(s -> distance(name, s)))
        .limit(count)
        .toList();
  }

  /** Number of single-character edits between two names (Levenshtein 1966). */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
