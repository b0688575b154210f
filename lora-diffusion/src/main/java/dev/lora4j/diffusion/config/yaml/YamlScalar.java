package dev.lora4j.diffusion.config.yaml;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Meaning of a word without quotes: as in YAML 1.2, and the words of 1.1 for true and false, which
 * PyYAML reads so.
 */
final class YamlScalar {
  private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> YES = Set.of("true", "yes", "on");
  private static final Set<String> NO = Set.of("false", "no", "off");
  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,18}");
  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{1,15}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.\\d+|\\d+(\\.\\d*)?)([eE][-+]?\\d+)?");
  private static final Pattern INFINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)");

  private YamlScalar() {}

  /** The value of a word. */
  static Object of(String word) {
    if (NOTHING.contains(word)) {
      return YamlTable.NONE;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    boolean spelled = word.equals(lower) || capital(word, lower) || upper(word);
    if (spelled && (YES.contains(lower) || NO.contains(lower))) {
      return YES.contains(lower);
    }
    if (WHOLE.matcher(word).matches()) {
      return Long.parseLong(word);
    }
    if (HEX.matcher(word).matches()) {
      return Long.parseLong(word.substring(2), 16);
    }
    if (NUMBER.matcher(word).matches()) {
      return Double.parseDouble(word);
    }
    if (INFINITE.matcher(word).matches()) {
      return word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return word;
  }

  private static boolean capital(String word, String lower) {
    return word.equals(lower.substring(0, 1).toUpperCase(Locale.ROOT) + lower.substring(1));
  }

  private static boolean upper(String word) {
    return word.equals(word.toUpperCase(Locale.ROOT));
  }
}
