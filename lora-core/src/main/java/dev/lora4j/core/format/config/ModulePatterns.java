package dev.lora4j.core.format.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.AdapterException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** PEFT's patterns of layers. */
final class ModulePatterns {
  private ModulePatterns() {}

  /**
   * The value of the first pattern in the object {@code field} that {@code path} ends in, from the
   * start or after a dot.
   */
  static Optional<JsonElement> value(JsonObject fields, String field, String path) {
    if (!(fields.get(field) instanceof JsonObject patterns)) {
      return Optional.empty();
    }
    return patterns.entrySet().stream()
        .filter(e -> ends(e.getKey(), path))
        .findFirst()
        .map(Map.Entry::getValue);
  }

  /**
   * Returns true if {@code field}, a pattern for whole paths or a list of last names, matches the
   * path.
   */
  static boolean names(JsonObject fields, String field, String path) {
    JsonElement value = fields.get(field);
    if (value == null || value.isJsonNull()) {
      return false;
    }
    if (value.isJsonArray()) {
      for (JsonElement name : value.getAsJsonArray()) {
        if (path.equals(name.getAsString()) || path.endsWith("." + name.getAsString())) {
          return true;
        }
      }
      return false;
    }
    return matches(value.getAsString(), path);
  }

  private static boolean ends(String pattern, String path) {
    return matches("(.*\\.)?(" + pattern + ")", path);
  }

  private static boolean matches(String pattern, String path) {
    try {
      return Pattern.compile(pattern).matcher(new BoundedText(path)).matches();
    } catch (BoundedText.Exhausted | StackOverflowError e) {
      throw new AdapterException(
          "The configuration of the adapter has the pattern "
              + pattern
              + ", which takes too long to compare with "
              + path
              + "; write it without repetitions in repetitions.",
          e);
    } catch (PatternSyntaxException e) {
      throw new AdapterException(
          "The configuration of the adapter has the pattern "
              + pattern
              + ", which is no regular"
              + " expression: "
              + e.getMessage(),
          e);
    }
  }
}
