package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Frobenius norms of all changes of an adapter at weight 1.
 *
 * @param squares squared norm by site
 * @param without number of factors in none of the norms, by method: their change depends on the
 *     weights of the base, or has no norm
 */
public record DeltaNorms(SortedMap<String, Double> squares, SortedMap<String, Integer> without) {
  /** Copies the maps. */
  public DeltaNorms {
    squares = Collections.unmodifiableSortedMap(new TreeMap<>(squares));
    without = Collections.unmodifiableSortedMap(new TreeMap<>(without));
  }

  /** Operations that {@link #of} takes. */
  public static long cost(Adapter adapter) {
    return adapter.sites().values().stream().flatMap(List::stream).mapToLong(DeltaNorm::cost).sum();
  }

  /** Norms of an adapter, computed by several threads. */
  public static DeltaNorms of(Adapter adapter) {
    SortedMap<String, Double> squares = new ConcurrentSkipListMap<>();
    SortedMap<String, Integer> without = new ConcurrentSkipListMap<>();
    adapter.sites().entrySet().parallelStream()
        .forEach(
            site -> {
              for (Factors factors : site.getValue()) {
                OptionalDouble norm = DeltaNorm.of(factors);
                if (norm.isPresent()) {
                  double square = norm.getAsDouble() * norm.getAsDouble();
                  squares.merge(site.getKey(), square, Double::sum);
                } else {
                  without.merge(factors.method(), 1, Integer::sum);
                }
              }
            });
    return new DeltaNorms(squares, without);
  }

  /** Norms of each group of sites, its changes taken as one vector. */
  public <K extends Comparable<K>> SortedMap<K, Double> by(Function<String, K> group) {
    SortedMap<K, Double> sums = new TreeMap<>();
    squares.forEach((site, square) -> sums.merge(group.apply(site), square, Double::sum));
    SortedMap<K, Double> norms = new TreeMap<>();
    for (Map.Entry<K, Double> sum : sums.entrySet()) {
      norms.put(sum.getKey(), Math.sqrt(sum.getValue()));
    }
    return Collections.unmodifiableSortedMap(norms);
  }
}
