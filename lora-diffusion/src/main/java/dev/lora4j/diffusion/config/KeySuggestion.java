package dev.lora4j.diffusion.config;

import dev.lora4j.spi.NearestNames;
import java.util.Collection;
import java.util.List;

/** Suggestion of a key for an unknown name. */
final class KeySuggestion {
  private static final int MOST = 2;

  private KeySuggestion() {}

  /**
   * A question about the keys that end with {@code name}, else about those near it, else about
   * those whose last part is near it; else where all keys are.
   */
  static String of(String name, Collection<String> keys) {
    List<String> meant =
        keys.stream().filter(k -> k.endsWith("." + name)).distinct().limit(MOST).toList();
    if (meant.isEmpty()) {
      meant = NearestNames.near(name, keys, MOST);
    }
    if (meant.isEmpty()) {
      meant =
          keys.stream().filter(k -> NearestNames.near(last(name), last(k))).limit(MOST).toList();
    }
    return meant.isEmpty()
        ? "docs/training-keys.md has all keys."
        : "did you mean " + String.join(" or ", meant) + "?";
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
