package dev.lora4j.core.format.peft;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A number for each layer in PEFT's configurations: a common one, and those of other layers by
 * their paths. PEFT takes the first pattern that a path ends in.
 */
public record LayerPatterns(double common, Map<String, Number> others) {
  /** Copies the map, in its order. */
  public LayerPatterns {
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  /** The value that most layers have, and the others by path. */
  public static LayerPatterns of(SortedMap<String, Double> values) {
    Map<Double, Integer> counts = new HashMap<>();
    values.values().forEach(v -> counts.merge(v, 1, Integer::sum));
    double common =
        counts.entrySet().stream()
            .min(
                Map.Entry.<Double, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse(1.0);
    Set<String> named = new HashSet<>();
    values.forEach(
        (path, value) -> {
          if (value != common) {
            named.add(path);
          }
        });
    Set<String> ambiguous = new HashSet<>();
    values.keySet().stream().filter(p -> endsInAny(p, named)).forEach(ambiguous::add);
    named.addAll(ambiguous);
    // Longer paths first, since a path may end in another.
    SortedMap<String, Double> ordered =
        new TreeMap<>(
            Comparator.comparingInt(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    named.forEach(path -> ordered.put(path, values.getOrDefault(path, common)));
    Map<String, Number> others = new LinkedHashMap<>();
    ordered.forEach((path, value) -> others.put(path, ConfigNumbers.plain(value)));
    return new LayerPatterns(common, others);
  }

  /** Returns true if a later part of the path is one of {@code names}. */
  static boolean endsInAny(String path, Set<String> names) {
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (names.contains(path.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }
}
