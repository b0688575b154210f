package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A LoRA that is the best approximation of something at each site, and how good that is.
 *
 * @param adapter without metadata
 * @param sites what happened at each site
 */
public record TruncatedAdapter(Adapter adapter, SortedMap<String, SiteTruncation> sites) {
  /** Copies its map. */
  public TruncatedAdapter {
    sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
  }

  /** Totals over all sites. */
  public Total total() {
    return Total.of(sites.values());
  }

  /** The sites of each group together, for example of each block. */
  public <K extends Comparable<K>> SortedMap<K, Total> by(Function<String, K> group) {
    SortedMap<K, List<SiteTruncation>> groups = new TreeMap<>();
    sites.forEach(
        (site, one) -> groups.computeIfAbsent(group.apply(site), k -> new ArrayList<>()).add(one));
    SortedMap<K, Total> totals = new TreeMap<>();
    groups.forEach((key, all) -> totals.put(key, Total.of(all)));
    return Collections.unmodifiableSortedMap(totals);
  }

  /** Frobenius norm of all that was lost, relative to all there was. */
  public double error() {
    return total().error();
  }

  /**
   * Several sites together, their changes taken as one vector.
   *
   * @param sites how many
   * @param least the least rank that was kept
   * @param most the greatest
   * @param norm Frobenius norm of all there was
   * @param lost Frobenius norm of all that was lost
   */
  public record Total(int sites, int least, int most, double norm, double lost) {
    static Total of(Collection<SiteTruncation> all) {
      double norm = 0;
      double lost = 0;
      for (SiteTruncation site : all) {
        norm += Math.pow(site.spectrum().norm(), 2);
        lost += Math.pow(site.spectrum().lost(site.rank()), 2);
      }
      IntSummaryStatistics ranks = all.stream().mapToInt(SiteTruncation::rank).summaryStatistics();
      return all.isEmpty()
          ? new Total(0, 0, 0, 0, 0)
          : new Total(all.size(), ranks.getMin(), ranks.getMax(), Math.sqrt(norm), Math.sqrt(lost));
    }

    /** Truncation error relative to the norm before; 0 for a norm of 0. */
    public double error() {
      return norm == 0 ? 0 : lost / norm;
    }

    /** Frobenius norm of the truncated change, relative to the norm before. */
    public double kept() {
      return Math.sqrt(Math.max(0, 1 - error() * error()));
    }
  }
}
