package dev.lora4j.core.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Which of the names that there are somebody may have meant. */
public final class NearestNames {
  private static final int LONGEST = 200;

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

  /** Number of single-character edits between two names (Levenshtein 1966). */
  public static int edits(String a, String b) {
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
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
