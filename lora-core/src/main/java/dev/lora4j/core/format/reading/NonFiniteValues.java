package dev.lora4j.core.format.reading;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Values of an adapter's file that are no finite numbers, which make it unusable.
 *
 * @param tensors how many there are, by key
 * @param layers as the file spells them
 */
public record NonFiniteValues(SortedMap<String, Long> tensors, SortedSet<String> layers) {
  /** No non-finite values. */
  public static final NonFiniteValues NONE = new NonFiniteValues(new TreeMap<>(), new TreeSet<>());

  private static final int NAMED = 3;

  /** Copies its collections. */
  public NonFiniteValues {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
  }

  /** Non-finite values of a layer's tensors. */
  static NonFiniteValues of(AdapterSource source, String layer, Collection<String> keys) {
    SortedMap<String, Long> tensors = new TreeMap<>();
    for (String key : keys) {
      HostTensor tensor = source.tensor(key);
      if (tensor.dtype().floating() && !tensor.finite()) {
        long count = 0;
        for (double value : tensor.doubles()) {
          count += Double.isFinite(value) ? 0 : 1;
        }
        tensors.put(key, count);
      }
    }
    return tensors.isEmpty() ? NONE : new NonFiniteValues(tensors, new TreeSet<>(List.of(layer)));
  }

  /** Union of both. */
  NonFiniteValues and(NonFiniteValues other) {
    SortedMap<String, Long> all = new TreeMap<>(tensors);
    all.putAll(other.tensors);
    SortedSet<String> both = new TreeSet<>(layers);
    both.addAll(other.layers);
    return new NonFiniteValues(all, both);
  }

  /** Returns true if all values are finite. */
  public boolean isEmpty() {
    return tensors.isEmpty();
  }

  /** Number of non-finite values. */
  public long values() {
    return tensors.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * A sentence for people.
   *
   * @param all how many layers the file has
   */
  String text(int all) {
    List<String> named = new ArrayList<>();
    tensors.keySet().stream().limit(NAMED).map(DisplayNames::of).forEach(named::add);
    String more = tensors.size() > NAMED ? " and " + (tensors.size() - NAMED) + " more" : "";
    return values()
        + " values in "
        + tensors.size()
        + " tensors of "
        + (layers.size() == all ? "all " : layers.size() + " of ")
        + all
        + " layers are not finite (NaN or infinity): "
        + String.join(", ", named)
        + more
        + ". The training of this adapter went wrong (often an overflow of F16); it cannot be used.";
  }
}
