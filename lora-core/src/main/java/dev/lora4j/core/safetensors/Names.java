package dev.lora4j.core.safetensors;

import java.util.Comparator;

/** Which names a file may use, and their order. */
final class Names {
  /**
   * The order of the UTF-8 bytes, which the reference writer sorts by. {@link String#compareTo}
   * differs from it beyond the basic plane.
   */
  static final Comparator<String> ORDER = Names::compare;

  private Names() {}

  /** Whether {@code name} reads the same everywhere: no NUL, no half of a surrogate pair. */
  static boolean sound(String name) {
    return name.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  private static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        boolean bothPairs =
            Character.isSurrogate(a.charAt(i)) && Character.isSurrogate(b.charAt(i));
        boolean onePair = Character.isSurrogate(a.charAt(i)) || Character.isSurrogate(b.charAt(i));
        if (onePair && !bothPairs) {
          return Character.isSurrogate(a.charAt(i)) ? 1 : -1;
        }
        return Character.compare(a.charAt(i), b.charAt(i));
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
