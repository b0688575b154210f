package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.NearestNames;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sites that a base model has, by canonical name. */
public final class SiteCatalogue {
  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Set<String> turned;

  /** A catalogue of these sites. */
  public SiteCatalogue(Collection<Site> all) {
    this(all, Set.of());
  }

  /**
   * A catalogue of these sites.
   *
   * @param turned names of those whose weights are [in, out] in other programs and their files
   *     (transformers' {@code Conv1D})
   */
  public SiteCatalogue(Collection<Site> all, Set<String> turned) {
    all.forEach(s -> sites.put(s.name(), s));
    this.turned = Set.copyOf(turned);
  }

  /** All sites, in the order of the model. */
  public Collection<Site> all() {
    return List.copyOf(sites.values());
  }

  /** The site called {@code name}. */
  public Optional<Site> find(String name) {
    return Optional.ofNullable(sites.get(name));
  }

  /** Returns true if other programs store the weight of this site as [in, out]. */
  public boolean turned(String name) {
    return turned.contains(name);
  }

  /** Up to {@code count} names most like {@code name}, nearest first. */
  public List<String> nearest(String name, int count) {
    return NearestNames.of(name, sites.keySet(), count);
  }
}
