package dev.lora4j.core.lowrank;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Differences and common parts of two adapters.
 *
 * @param sites by name; a site that one of them lacks has norm 0 there
 */
public record Comparison(SortedMap<String, SiteComparison> sites) {
  /** Copies its map. */
  public Comparison {
    sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
  }

  /** Totals over all sites. */
  public Total total() {
    return Total.of(sites.values());
  }

  /** The sites of each group together, for example of each block. */
  public <K extends Comparable<K>> SortedMap<K, Total> by(Function<String, K> group) {
    SortedMap<K, SortedMap<String, SiteComparison>> groups = new TreeMap<>();
    sites.forEach(
        (site, one) ->
            groups.computeIfAbsent(group.apply(site), k -> new TreeMap<>()).put(site, one));
    SortedMap<K, Total> totals = new TreeMap<>();
    groups.forEach((key, all) -> totals.put(key, Total.of(all.values())));
    return Collections.unmodifiableSortedMap(totals);
  }

  /**
   * Several sites together, their changes taken as one vector.
   *
   * @param sites how many
   * @param normA Frobenius norm of the first adapter's change
   * @param normB of the second's
   * @param inner their inner product
   * @param overlapOut mean over the sites that both change of {@link SiteComparison#overlapOut}; 0
   *     without any
   * @param overlapIn likewise of {@link SiteComparison#overlapIn}
   */
  public record Total(
      int sites, double normA, double normB, double inner, double overlapOut, double overlapIn) {
    static Total of(Collection<SiteComparison> all) {
      double a = 0;
      double b = 0;
      double inner = 0;
      double out = 0;
      double in = 0;
      int both = 0;
      for (SiteComparison site : all) {
        a += site.normA() * site.normA();
        b += site.normB() * site.normB();
        inner += site.inner();
        if (site.normA() > 0 && site.normB() > 0) {
          both++;
          out += site.overlapOut();
          in += site.overlapIn();
        }
      }
      int count = Math.max(1, both);
      return new Total(all.size(), Math.sqrt(a), Math.sqrt(b), inner, out / count, in / count);
    }

    /** Frobenius norm of the difference. */
    public double distance() {
      return SiteComparison.distance(normA, normB, inner);
    }

    /** Cosine of the angle between the changes; 0 if one of them is none. */
    public double cosine() {
      return SiteComparison.cosine(normA, normB, inner);
    }
  }
}
