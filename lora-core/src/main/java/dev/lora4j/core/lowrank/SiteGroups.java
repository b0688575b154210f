package dev.lora4j.core.lowrank;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Cuts work into groups of one kind that are small enough to be computed at once. */
final class SiteGroups {
  /** Elements of a group's factors. Their doubles and copies take some thirty bytes for each. */
  private static final long MOST = 1 << 22;

  private SiteGroups() {}

  /**
   * Groups in which all have the same key.
   *
   * @param elements how much each of them takes; one that takes more than a group may is alone
   */
  static <T> List<List<T>> of(List<T> all, Function<T, ?> key, ToLongFunction<T> elements) {
    Map<Object, List<T>> byKey = new LinkedHashMap<>();
    all.forEach(one -> byKey.computeIfAbsent(key.apply(one), k -> new ArrayList<>()).add(one));
    List<List<T>> groups = new ArrayList<>();
    for (List<T> same : byKey.values()) {
      int each = (int) Math.max(1, MOST / Math.max(1, elements.applyAsLong(same.get(0))));
      for (int at = 0; at < same.size(); at += each) {
        groups.add(List.copyOf(same.subList(at, Math.min(same.size(), at + each))));
      }
    }
    return groups;
  }
}
