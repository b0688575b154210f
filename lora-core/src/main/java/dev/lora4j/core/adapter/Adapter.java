package dev.lora4j.core.adapter;

import dev.lora4j.core.identity.Canonical;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Immutable set of factors by site, with the metadata of its file. Holds no native memory.
 *
 * <p>Two adapters with the same factors and scales have the same {@link #identity}, whatever file
 * layout they came in and whatever they are called.
 */
public final class Adapter implements Canonical {
  private final String name;
  private final SortedMap<String, List<Factors>> sites;
  private final Map<String, String> metadata;
  private final Identity identity;

  /**
   * Makes an adapter.
   *
   * @param name for people; not part of the identity
   * @param sites factors by canonical site name, mostly of one method; their order is of no effect
   * @param metadata as in the file's header
   * @throws AdapterException if there are none
   */
  public Adapter(String name, Map<String, List<Factors>> sites, Map<String, String> metadata) {
    SortedMap<String, List<Factors>> sorted = new TreeMap<>();
    sites.forEach(
        (site, factors) -> {
          List<Factors> copy = new ArrayList<>(factors);
          copy.sort(Comparator.comparing(Factors::method));
          if (!copy.isEmpty()) {
            sorted.put(site, List.copyOf(copy));
          }
        });
    if (sorted.isEmpty()) {
      throw new AdapterException("Adapter " + name + " has no factors, so it would do nothing.");
    }
    this.name = name;
    this.sites = Collections.unmodifiableSortedMap(sorted);
    this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    this.identity = new Identity(this.sites);
  }

  private Adapter(String name, Adapter same, Map<String, String> metadata) {
    this.name = name;
    this.sites = same.sites;
    this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    this.identity = same.identity;
  }

  /** A copy with the same factors, another name and another header. */
  public Adapter described(String otherName, Map<String, String> otherMetadata) {
    return new Adapter(otherName, this, otherMetadata);
  }

  /** Name for people. */
  public String name() {
    return name;
  }

  /** Factors by canonical site name, sorted; those of one site in the order of method names. */
  public SortedMap<String, List<Factors>> sites() {
    return sites;
  }

  /** The factors at one site; none if it does not change that site. */
  public List<Factors> at(String site) {
    return sites.getOrDefault(site, List.of());
  }

  /** Metadata of the file's header. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * SHA-256 over sites, factors, scales and conventions, in hexadecimal. The first call reads all
   * factors.
   */
  public String identity() {
    return identity.hexadecimal();
  }

  @Override
  public String canonical() {
    return name + " (" + identity().substring(0, 12) + ")";
  }

  @Override
  public String toString() {
    return canonical();
  }
}
