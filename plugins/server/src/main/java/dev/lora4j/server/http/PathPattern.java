package dev.lora4j.server.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A path whose segments may be names in braces. A last {@code {name...}} stands for one or more
 * segments.
 */
final class PathPattern {
  private static final Pattern SEGMENT =
      Pattern.compile("[^{}/]*|\\{[A-Za-z][A-Za-z0-9_]*(\\.\\.\\.)?}");
  private static final String REST = "...}";

  private final List<String> segments;

  private PathPattern(List<String> segments) {
    this.segments = segments;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none
   */
  static PathPattern of(String text) {
    List<String> segments = List.of(text.split("/", -1));
    boolean rest = segments.stream().limit(segments.size() - 1L).anyMatch(s -> s.endsWith(REST));
    if (!text.startsWith("/")
        || rest
        || !segments.stream().allMatch(s -> SEGMENT.matcher(s).matches())) {
      throw new IllegalArgumentException(
          "The route '" + text + "' is no path such as /v1/models/{id}.");
    }
    return new PathPattern(segments);
  }

  /** What a path has at the names; empty if it does not match. */
  Optional<Map<String, String>> match(String path) {
    int count = segments.size();
    boolean rest = segments.get(count - 1).endsWith(REST);
    String[] given = path.split("/", rest ? count : -1);
    if (given.length != count) {
      return Optional.empty();
    }
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String segment = segments.get(i);
      if (isName(segment) && !given[i].isEmpty()) {
        parts.put(segment.replaceAll("[{}.]", ""), given[i]);
      } else if (!segment.equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parts);
  }

  private static boolean isName(String segment) {
    return segment.startsWith("{");
  }

  /** Orders the patterns that match a path: those that say more about it have more. */
  int weight() {
    int weight = 0;
    for (String segment : segments) {
      weight += !isName(segment) ? 2 : segment.endsWith(REST) ? 0 : 1;
    }
    return weight;
  }

  /** The pattern without its names, which is the same for patterns that match the same paths. */
  String shape() {
    return String.join("/", segments).replaceAll("\\{[A-Za-z0-9_]+", "{");
  }
}
