package dev.lora4j.spi;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Existing names that a user may have meant. */
public final class NearestNames {
  private static final int LONGEST = 200;

  /** Number of letters that suffice as the beginning of a name. */
  private static final int BEGINNING = 3;

  private NearestNames() {}

  /** Up to {@code count} of {@code names} most like {@code name}, nearest first. */
  public static List<String> of(String name, Collection<String> names, int count) {
    // Names come from files too, and may be as long as these.
    String meant = name.substring(0, Math.min(name.length(), LONGEST));
    return names.stream()
        .map(n -> Map.entry(edits(meant, n), n))
        .sorted(Map.Entry.<Integer, String>comparingByKey().thenComparing(Map.Entry::getValue))
        .limit(count)
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * Up to {@code count} of {@code names} that may be meant by {@code name}, nearest first; empty if
   * none is {@linkplain #near(String, String) near}.
   */
  public static List<String> near(String name, Collection<String> names, int count) {
    return of(name, names.stream().filter(n -> near(name, n)).toList(), count);
  }

  /**
   * Returns true if one may be a slip of the pen for the other: at most a third of the longer
   * name's characters is wrong, swapped letters count once and case does not count; or the one is
   * the beginning of the other.
   */
  public static boolean near(String name, String other) {
    String a = name.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int longer = Math.max(a.length(), b.length());
    int shorter = Math.min(a.length(), b.length());
    if (longer > LONGEST || a.isEmpty() || b.isEmpty()) {
      return false;
    }
    boolean begins = shorter >= BEGINNING && (a.startsWith(b) || b.startsWith(a));
    return begins || edits(a, b, true) <= Math.max(1, (longer + 1) / 3);
  }

  /** Number of single-character edits between two names (Levenshtein 1966). */
  public static int edits(String a, String b) {
    return edits(a, b, false);
  }

  /**
   * Edits between two names.
   *
   * @param swaps whether two letters that changed places are one edit
   */
  private static int edits(String a, String b, boolean swaps) {
    int[] earlier = {};
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swaps && swapped) {
          current[j] = Math.min(current[j], earlier[j - 2] + 1);
        }
      }
      earlier = previous;
      previous = current;
    }
    return previous[b.length()];
  }
}
