package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The filters of {@code value | name}. */
final class Filters {
  /** What stands behind the bar: its name and arguments. */
  private record Given(String name, List<Object> places, Map<String, Object> names) {
    boolean has(int place, String parameter) {
      return place < places.size() || names.containsKey(parameter);
    }

    Object get(int place, String parameter, Object otherwise) {
      return place < places.size() ? places.get(place) : names.getOrDefault(parameter, otherwise);
    }

    Object need(int place, String parameter) {
      if (!has(place, parameter)) {
        throw JinjaException.of("the filter '" + name + "' needs '" + parameter + "'");
      }
      return get(place, parameter, Absent.NONE);
    }

    boolean flag(int place, String parameter) {
      return Values.truth(get(place, parameter, false));
    }
  }

  private Filters() {}

  static Object apply(Object value, String name, List<Object> places, Map<String, Object> names) {
    Given given = new Given(name, places, names);
    return switch (name) {
      case "trim" -> Methods.strip(PythonText.of(value), places, true, true);
      case "upper" -> PythonText.of(value).toUpperCase(Locale.ROOT);
      case "lower" -> PythonText.of(value).toLowerCase(Locale.ROOT);
      case "title" -> Methods.title(PythonText.of(value));
      case "capitalize" -> Methods.capitalized(PythonText.of(value));
      case "string" -> PythonText.of(value);
      case "safe" -> value;
      case "replace" ->
          PythonText.of(value)
              .replace(Values.text(given.need(0, "old")), Values.text(given.need(1, "new")));
      case "indent" -> indent(PythonText.of(value), given);
      case "tojson" -> json(value, given);
      case "length", "count" -> Values.length(value);
      case "list" -> Values.items(value);
      case "items" ->
          value instanceof Absent.Undefined ? List.of() : Methods.items(map(value, name));
      case "dictsort" -> sortedItems(map(value, name));
      case "first" -> edge(value, true);
      case "last" -> edge(value, false);
      case "join" -> join(value, given);
      case "reverse" -> reversed(value);
      case "sort" -> sorted(value, given);
      case "unique" -> unique(value);
      case "map" -> mapped(value, given);
      case "select", "reject", "selectattr", "rejectattr" -> selected(value, given);
      case "default", "d" -> {
        boolean absent =
            value instanceof Absent.Undefined || (given.flag(1, "boolean") && !Values.truth(value));
        yield absent ? given.get(0, "default_value", "") : value;
      }
      case "int" -> whole(value, given);
      case "float" -> real(value, given);
      case "abs" ->
          Values.isWhole(value)
              ? (Object) Math.abs(Values.whole(value))
              : (Object) Math.abs(Values.real(value));
      case "sum" -> Values.items(value).stream().reduce(0L, (a, b) -> Operators.apply("+", a, b));
      case "max" -> Values.items(value).stream().max(Values::compare).orElse(Absent.NONE);
      case "min" -> Values.items(value).stream().min(Values::compare).orElse(Absent.NONE);
      default -> throw JinjaException.of("No filter named '" + name + "'.");
    };
  }

  private static String json(Object value, Given given) {
    for (String option : List.of("separators", "sort_keys", "ensure_ascii")) {
      if (given.names.containsKey(option) && Values.truth(given.get(9, option, false))) {
        throw JinjaException.of("tojson knows 'indent' alone, not '" + option + "'");
      }
    }
    Object indent = given.names.getOrDefault("indent", given.get(1, "indent", Absent.NONE));
    if (value instanceof Absent.Undefined) {
      throw JinjaException.of("Object of type Undefined is not JSON serializable");
    }
    return JsonText.of(value, indent instanceof Absent ? -1 : (int) Values.whole(indent));
  }

  private static String indent(String text, Given given) {
    Object width = given.get(0, "width", 4L);
    String space = width instanceof String said ? said : " ".repeat((int) Values.whole(width));
    boolean first = given.flag(1, "first");
    boolean blank = given.flag(2, "blank");
    String[] lines = text.split("\n", -1);
    for (int i = first ? 0 : 1; i < lines.length; i++) {
      lines[i] = lines[i].isEmpty() && !blank ? "" : space + lines[i];
    }
    return String.join("\n", lines);
  }

  private static Object edge(Object value, boolean first) {
    List<Object> items = Values.items(value);
    if (items.isEmpty()) {
      return new Absent.Undefined(
          "No " + (first ? "first" : "last") + " item, sequence was empty.");
    }
    return items.get(first ? 0 : items.size() - 1);
  }

  private static String join(Object value, Given given) {
    String between = PythonText.of(given.get(0, "d", ""));
    Object attribute = given.get(1, "attribute", Absent.NONE);
    return String.join(
        between,
        Values.items(value).stream()
            .map(
                item -> PythonText.of(attribute instanceof Absent ? item : member(item, attribute)))
            .toList());
  }

  private static Object reversed(Object value) {
    if (value instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> items = Values.items(value);
    Collections.reverse(items);
    return items;
  }

  private static List<Object> sorted(Object value, Given given) {
    List<Object> items = Values.items(value);
    Object attribute = given.get(2, "attribute", Absent.NONE);
    boolean exact = given.flag(1, "case_sensitive");
    Comparator<Object> order =
        Comparator.comparing(
            item -> {
              Object key = attribute instanceof Absent ? item : member(item, attribute);
              return key instanceof String text && !exact ? text.toLowerCase(Locale.ROOT) : key;
            },
            Values::compare);
    items.sort(given.flag(0, "reverse") ? order.reversed() : order);
    return items;
  }

  private static List<Object> sortedItems(Map<?, ?> map) {
    List<Object> items = Methods.items(map);
    items.sort(
        Comparator.comparing(
            item -> PythonText.of(((List<?>) item).get(0)).toLowerCase(Locale.ROOT)));
    return items;
  }

  private static List<Object> unique(Object value) {
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.items(value)) {
      if (kept.stream().noneMatch(other -> Values.equal(other, item))) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static List<Object> mapped(Object value, Given given) {
    List<Object> made = new ArrayList<>();
    for (Object item : Values.items(value)) {
      if (given.names.containsKey("attribute")) {
        Object member = member(item, given.get(9, "attribute", Absent.NONE));
        made.add(member instanceof Absent.Undefined ? given.get(9, "default", member) : member);
      } else {
        List<Object> rest =
            given.places.subList(Math.min(1, given.places.size()), given.places.size());
        made.add(apply(item, Values.text(given.need(0, "filter")), rest, given.names));
      }
    }
    return made;
  }

  private static List<Object> selected(Object value, Given given) {
    boolean wanted = given.name.startsWith("select");
    int at = given.name.endsWith("attr") ? 1 : 0;
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.items(value)) {
      Object judged = at == 1 ? member(item, given.need(0, "attribute")) : item;
      boolean fits =
          given.places.size() > at
              ? Checks.check(
                  judged,
                  Values.text(given.places.get(at)),
                  given.places.subList(at + 1, given.places.size()))
              : Values.truth(judged);
      if (fits == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static Object member(Object item, Object attribute) {
    if (!(attribute instanceof String path)) {
      return Members.item(item, attribute);
    }
    Object value = item;
    for (String part : path.split("\\.", -1)) {
      boolean number = !part.isEmpty() && part.chars().allMatch(Character::isDigit);
      value = Members.item(value, number ? (Object) Long.parseLong(part) : part);
    }
    return value;
  }

  private static Object whole(Object value, Given given) {
    try {
      return value instanceof String text
          ? Long.parseLong(text.strip())
          : value instanceof Absent
              ? given.get(0, "default", 0L)
              : (Object) (long) Values.real(value);
    } catch (NumberFormatException e) {
      return given.get(0, "default", 0L);
    }
  }

  private static Object real(Object value, Given given) {
    try {
      return value instanceof String text
          ? Double.parseDouble(text.strip())
          : value instanceof Absent ? given.get(0, "default", 0.0) : (Object) Values.real(value);
    } catch (NumberFormatException e) {
      return given.get(0, "default", 0.0);
    }
  }

  private static Map<?, ?> map(Object value, String filter) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw Values.defined(
        value,
        JinjaException.of("the filter '" + filter + "' needs a dict, not a " + Values.kind(value)));
  }
}
