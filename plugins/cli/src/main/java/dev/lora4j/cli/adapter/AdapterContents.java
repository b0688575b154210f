package dev.lora4j.cli.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Methods, ranks and layers of an adapter, for reports. */
public final class AdapterContents {
  private AdapterContents() {}

  /** Number of factors of each method. */
  public static SortedMap<String, Integer> methods(Adapter adapter) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    adapter
        .sites()
        .values()
        .forEach(s -> s.forEach(f -> counts.merge(f.method(), 1, Integer::sum)));
    return counts;
  }

  /** Number of factors of each rank, small ranks first. */
  public static SortedMap<String, Integer> ranks(Adapter adapter) {
    SortedMap<String, Integer> counts =
        new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(r -> r));
    for (List<Factors> site : adapter.sites().values()) {
      for (Factors factors : site) {
        OptionalLong rank = rank(factors);
        rank.ifPresent(r -> counts.merge(Long.toString(r), 1, Integer::sum));
      }
    }
    return counts;
  }

  static OptionalLong rank(Factors factors) {
    return Methods.named(factors.method()).chosenRank(factors.structure());
  }

  /** Number of factors of each number of heads, of methods with a router; small numbers first. */
  public static SortedMap<String, Integer> heads(Adapter adapter) {
    SortedMap<String, Integer> counts =
        new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(r -> r));
    for (List<Factors> site : adapter.sites().values()) {
      for (Factors factors : site) {
        heads(factors).ifPresent(n -> counts.merge(Integer.toString(n), 1, Integer::sum));
      }
    }
    return counts;
  }

  static OptionalInt heads(Factors factors) {
    return Methods.named(factors.method()) instanceof RoutedMethod routed
        ? OptionalInt.of(routed.heads(factors.structure()))
        : OptionalInt.empty();
  }

  /** Each layer with its method, and rank and alpha where it has them; for programs. */
  public static List<Object> layers(Adapter adapter) {
    List<Object> layers = new ArrayList<>();
    adapter.sites().forEach((site, all) -> all.forEach(f -> layers.add(layer(site, f))));
    return layers;
  }

  private static Map<String, Object> layer(String site, Factors factors) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", site);
    one.put("method", factors.method());
    rank(factors).ifPresent(r -> one.put("rank", r));
    heads(factors).ifPresent(n -> one.put("heads", n));
    String alpha = factors.settings().get(AdapterMethod.ALPHA);
    if (alpha != null) {
      one.put("alpha", Double.parseDouble(alpha));
    }
    return one;
  }
}
