package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Arguments of a filter. An argument that a filter does not know is an error, as what it would have
 * done is then not done.
 *
 * @param name of the filter
 */
record FilterArguments(String name, List<Object> places, Map<String, Object> names) {
  private static final String ATTRIBUTE = "attribute";
  private static final String EXACT = "case_sensitive";

  /** The parameters of filters that have some, in their order. */
  private static final Map<String, List<String>> PARAMETERS =
      Map.ofEntries(
          Map.entry("trim", List.of("chars")),
          Map.entry("replace", List.of("old", "new", "count")),
          Map.entry("indent", List.of("width", "first", "blank")),
          Map.entry("tojson", List.of("ensure_ascii", "indent", "separators", "sort_keys")),
          Map.entry("dictsort", List.of(EXACT, "by", "reverse")),
          Map.entry("join", List.of("d", ATTRIBUTE)),
          Map.entry("sort", List.of("reverse", EXACT, ATTRIBUTE)),
          Map.entry("unique", List.of(EXACT, ATTRIBUTE)),
          Map.entry("max", List.of(EXACT, ATTRIBUTE)),
          Map.entry("min", List.of(EXACT, ATTRIBUTE)),
          Map.entry("sum", List.of(ATTRIBUTE, "start")),
          Map.entry("default", List.of("default_value", "boolean")),
          Map.entry("d", List.of("default_value", "boolean")),
          Map.entry("int", List.of("default")),
          Map.entry("float", List.of("default")),
          Map.entry("round", List.of("precision", "method")));

  /** Filters without any. */
  private static final Set<String> PLAIN =
      Set.of(
          "upper",
          "lower",
          "title",
          "capitalize",
          "string",
          "safe",
          "length",
          "count",
          "list",
          "items",
          "first",
          "last",
          "reverse",
          "abs");

  /** Refuses what the filter does not know, unless it hands its arguments on to another. */
  FilterArguments {
    List<String> known = PARAMETERS.getOrDefault(name, List.of());
    if (PARAMETERS.containsKey(name) || PLAIN.contains(name)) {
      if (places.size() > known.size()) {
        throw JinjaException.of(
            "the filter '%s' takes at most %d argument(s)".formatted(name, known.size()));
      }
      for (String given : names.keySet()) {
        if (!known.contains(given)) {
          throw JinjaException.of("the filter '%s' takes no '%s'".formatted(name, given));
        }
      }
    }
  }

  boolean has(String parameter) {
    return place(parameter) < places.size() || names.containsKey(parameter);
  }

  private int place(String parameter) {
    int place = PARAMETERS.getOrDefault(name, List.of()).indexOf(parameter);
    return place < 0 ? Integer.MAX_VALUE : place;
  }

  Object get(String parameter, Object otherwise) {
    int place = place(parameter);
    return place < places.size() ? places.get(place) : names.getOrDefault(parameter, otherwise);
  }

  Object need(String parameter) {
    if (!has(parameter)) {
      throw JinjaException.of("the filter '" + name + "' needs '" + parameter + "'");
    }
    return get(parameter, Absent.NONE);
  }

  boolean flag(String parameter) {
    return Values.truth(get(parameter, false));
  }

  /**
   * Key by which items are compared: themselves or a part of them; texts without regard to case.
   */
  Object key(Object item) {
    Object attribute = get(ATTRIBUTE, Absent.NONE);
    Object key = attribute instanceof Absent ? item : Attributes.path(item, attribute);
    if (key instanceof String text) {
      Budget.work(text.length());
    }
    return key instanceof String text && !flag(EXACT) ? text.toLowerCase(Locale.ROOT) : key;
  }
}
