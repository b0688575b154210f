package dev.lora4j.core.format;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of each key of an adapter's file. Every key is in exactly one of the two maps.
 *
 * @param used key to the site it serves
 * @param ignored key to the reason
 */
public record KeyAccount(SortedMap<String, String> used, SortedMap<String, Reason> ignored) {
  /** Why a key was not used. */
  public enum Reason {
    /** Not part of any factor that is known. */
    UNKNOWN("no known kind of factor"),
    /** The base model has no such layer. */
    NO_SITE("the base has no such layer"),
    /** Its partner is missing. */
    HALF_A_PAIR("the other half of its pair is missing"),
    /** The method at its site does not use it. */
    NO_EFFECT("no effect in its method");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /** Copies its maps. */
  public KeyAccount {
    used = Collections.unmodifiableSortedMap(new TreeMap<>(used));
    ignored = Collections.unmodifiableSortedMap(new TreeMap<>(ignored));
  }

  /** Number of keys of the file. */
  public int total() {
    return used.size() + ignored.size();
  }

  /** For example {@code 768 keys: 766 used, 2 ignored (no known kind of factor: 2)}. */
  public String summary() {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    ignored.values().forEach(r -> counts.merge(r, 1, Integer::sum));
    String reasons =
        counts.entrySet().stream()
            .map(e -> e.getKey().text() + ": " + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
    return total()
        + " keys: "
        + used.size()
        + " used, "
        + ignored.size()
        + " ignored"
        + (ignored.isEmpty() ? "" : reasons);
  }
}
