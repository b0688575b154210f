package dev.lora4j.core.safetensors;

import java.util.Comparator;

/** Rules for tensor names, and their order. */
final class TensorNames {
  /**
   * The order of the UTF-8 bytes, which the reference writer sorts by. {@link String#compareTo}
   * differs from it beyond the basic plane.
   */
  static final Comparator<String> ORDER = TensorNames::compare;

  private TensorNames() {}

  /**
   * Returns true if {@code name} has no NUL, which ends a string in C and so yields another name.
   */
  static boolean unbroken(String name) {
    return name.indexOf(0) < 0;
  }

  /** Returns true if UTF-8 can encode {@code text}: no half of a surrogate pair. */
  static boolean encodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for what comes after all other characters, not before U+E000.
        boolean onlyOne = Character.isSurrogate(x) != Character.isSurrogate(y);
        return onlyOne ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
