package dev.lora4j.text.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters of {@code value | name}. */
final class Filters {
  /** Real numbers have no more digits, before the point or behind it. */
  private static final int MOST_DIGITS = 400;

  private static final Pattern WORD = Pattern.compile("[^-\\s({\\[<]+");

  private Filters() {}

  static Object apply(Object value, String name, List<Object> places, Map<String, Object> names) {
    Object made = applied(value, name, places, names);
    if (made instanceof String text) {
      Budget.text(text.length());
    }
    return made;
  }

  private static Object applied(
      Object value, String name, List<Object> places, Map<String, Object> names) {
    FilterArguments given = new FilterArguments(name, places, names);
    return switch (name) {
      case "trim" -> Methods.strip(PythonText.of(value), places, true, true);
      case "upper" -> PythonText.of(value).toUpperCase(Locale.ROOT);
      case "lower" -> PythonText.of(value).toLowerCase(Locale.ROOT);
      case "title" -> title(PythonText.of(value));
      case "capitalize" -> Methods.capitalized(PythonText.of(value));
      case "string" -> PythonText.of(value);
      case "safe" -> value;
      case "replace" ->
          Methods.replace(
              PythonText.of(value), replaced(given.need("old"), given.need("new"), given));
      case "indent" -> indent(PythonText.of(value), given);
      case "tojson" -> json(value, given);
      case "length", "count" -> Values.length(value);
      case "list" -> Values.items(value);
      case "items" ->
          value instanceof Absent.Undefined ? List.of() : Methods.items(map(value, name));
      case "dictsort" -> sortedItems(map(value, name), given);
      case "first" -> edge(value, true);
      case "last" -> edge(value, false);
      case "join" -> join(value, given);
      case "reverse" -> reversed(value);
      case "sort" -> sorted(value, given);
      case "unique" -> unique(value, given);
      case "map" -> mapped(value, given);
      case "select", "reject", "selectattr", "rejectattr" -> selected(value, given);
      case "default", "d" -> {
        boolean absent =
            value instanceof Absent.Undefined || (given.flag("boolean") && !Values.truth(value));
        yield absent ? given.get("default_value", "") : value;
      }
      case "int" -> whole(value, given);
      case "float" -> real(value, given);
      case "abs" ->
          Values.isWhole(value)
              ? (Object) Math.abs(Values.whole(value))
              : (Object) Math.abs(Values.real(value));
      case "round" -> rounded(value, given);
      case "sum" -> sum(value, given);
      case "max" -> furthest(value, given, 1);
      case "min" -> furthest(value, given, -1);
      default -> throw JinjaException.of("No filter named '" + name + "'.");
    };
  }

  private static String json(Object value, FilterArguments given) {
    for (String option : List.of("separators", "sort_keys", "ensure_ascii")) {
      if (given.flag(option)) {
        throw JinjaException.of("tojson knows 'indent' alone, not '" + option + "'");
      }
    }
    Object indent = given.get("indent", Absent.NONE);
    if (value instanceof Absent.Undefined) {
      throw JinjaException.of("Object of type Undefined is not JSON serializable");
    }
    return JsonText.of(value, indent instanceof Absent ? -1 : spaces(indent));
  }

  private static String indent(String text, FilterArguments given) {
    Object width = given.get("width", 4L);
    String space = width instanceof String said ? said : " ".repeat(spaces(width));
    List<String> lines = Methods.lines(text + "\n");
    Budget.list(lines.size());
    Budget.text(text.length() + (double) space.length() * lines.size());
    StringBuilder written = new StringBuilder(given.flag("first") ? space : "");
    for (int i = 0; i < lines.size(); i++) {
      boolean moved = i > 0 && (given.flag("blank") || !lines.get(i).isEmpty());
      written.append(i == 0 ? "" : "\n").append(moved ? space : "").append(lines.get(i));
    }
    return written.toString();
  }

  /** Number of spaces of an indent. */
  private static int spaces(Object width) {
    long count = Values.whole(width);
    if (count > JinjaTemplate.LONGEST) {
      throw JinjaException.of("nothing is moved in by " + count + " characters");
    }
    return (int) Math.max(0, count);
  }

  /** Words begin behind white space and brackets, not behind apostrophes as in Python's method. */
  private static String title(String text) {
    return WORD.matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(Methods.capitalized(m.group())));
  }

  private static List<Object> replaced(Object old, Object other, FilterArguments given) {
    return given.has("count")
        ? List.of(old, other, given.get("count", Absent.NONE))
        : List.of(old, other);
  }

  private static Object sum(Object value, FilterArguments given) {
    Object attribute = given.get("attribute", Absent.NONE);
    Object sum = given.get("start", 0L);
    for (Object item : Values.items(value)) {
      Object each = attribute instanceof Absent ? item : Attributes.path(item, attribute);
      sum = Operators.apply("+", sum, each);
    }
    return sum;
  }

  /** The first of the greatest, or of the least if {@code sign} is -1. */
  private static Object furthest(Object value, FilterArguments given, int sign) {
    Optional<Object> best = Optional.empty();
    for (Object item : Values.items(value)) {
      boolean better =
          best.isEmpty()
              || sign * Values.compare(given.key(item), given.key(best.orElseThrow())) > 0;
      best = better ? Optional.of(item) : best;
    }
    return best.orElseGet(() -> new Absent.Undefined("No aggregated item, sequence was empty."));
  }

  /** Halves go to the even neighbour, as Python rounds. */
  private static Object rounded(Object value, FilterArguments given) {
    long wanted = Values.whole(given.get("precision", 0L));
    int digits = (int) Math.max(-MOST_DIGITS, Math.min(MOST_DIGITS, wanted));
    String method = Values.text(given.get("method", "common"));
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw JinjaException.of("method must be common, ceil or floor");
        };
    if (!Double.isFinite(Values.real(value))) {
      return value;
    }
    boolean whole = Values.isWhole(value) && mode == RoundingMode.HALF_EVEN;
    BigDecimal exact =
        whole ? BigDecimal.valueOf(Values.whole(value)) : new BigDecimal(Values.real(value));
    BigDecimal near = exact.setScale(digits, mode);
    return whole ? (Object) near.longValue() : (Object) near.doubleValue();
  }

  private static Object edge(Object value, boolean first) {
    List<Object> items = Values.items(value);
    if (items.isEmpty()) {
      return new Absent.Undefined(
          "No " + (first ? "first" : "last") + " item, sequence was empty.");
    }
    return items.get(first ? 0 : items.size() - 1);
  }

  private static String join(Object value, FilterArguments given) {
    String between = PythonText.of(given.get("d", ""));
    Object attribute = given.get("attribute", Absent.NONE);
    return Methods.joined(
        between,
        Values.items(value).stream()
            .map(
                item ->
                    PythonText.of(
                        attribute instanceof Absent ? item : Attributes.path(item, attribute)))
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

  private static List<Object> sorted(Object value, FilterArguments given) {
    List<Object> items = Values.items(value);
    Comparator<Object> order = Comparator.comparing(given::key, Values::compare);
    items.sort(given.flag("reverse") ? order.reversed() : order);
    return items;
  }

  private static List<Object> sortedItems(Map<?, ?> map, FilterArguments given) {
    int place = "value".equals(given.get("by", "key")) ? 1 : 0;
    List<Object> items = Methods.items(map);
    Comparator<Object> order =
        Comparator.comparing(item -> given.key(((List<?>) item).get(place)), Values::compare);
    items.sort(given.flag("reverse") ? order.reversed() : order);
    return items;
  }

  private static List<Object> unique(Object value, FilterArguments given) {
    List<Object> kept = new ArrayList<>();
    List<Object> keys = new ArrayList<>();
    for (Object item : Values.items(value)) {
      Object key = given.key(item);
      if (keys.stream().noneMatch(other -> Values.equal(other, key))) {
        kept.add(item);
        keys.add(key);
      }
    }
    return kept;
  }

  private static List<Object> mapped(Object value, FilterArguments given) {
    List<Object> made = new ArrayList<>();
    for (Object item : Values.items(value)) {
      if (given.has("attribute")) {
        Object member = Attributes.path(item, given.get("attribute", Absent.NONE));
        made.add(member instanceof Absent.Undefined ? given.get("default", member) : member);
      } else {
        made.add(apply(item, Values.text(named(given, 0)), rest(given, 1), given.names()));
      }
    }
    return made;
  }

  private static List<Object> selected(Object value, FilterArguments given) {
    boolean wanted = given.name().startsWith("select");
    int at = given.name().endsWith("attr") ? 1 : 0;
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.items(value)) {
      Object judged = at == 1 ? Attributes.path(item, named(given, 0)) : item;
      boolean fits =
          given.places().size() > at
              ? TemplateTests.check(judged, Values.text(named(given, at)), rest(given, at + 1))
              : Values.truth(judged);
      if (fits == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static Object named(FilterArguments given, int place) {
    if (place >= given.places().size()) {
      throw JinjaException.of("the filter '" + given.name() + "' needs an argument");
    }
    return given.places().get(place);
  }

  private static List<Object> rest(FilterArguments given, int from) {
    return given.places().subList(Math.min(from, given.places().size()), given.places().size());
  }

  /** A text with a point is cut, as Jinja reads it as a real number then. */
  private static Object whole(Object value, FilterArguments given) {
    Object otherwise = given.get("default", 0L);
    try {
      if (value instanceof String text) {
        String said = text.strip();
        return said.matches("[-+]?\\d+") ? Long.parseLong(said) : (long) Double.parseDouble(said);
      }
      return value instanceof Absent ? otherwise : (Object) (long) Values.real(value);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object real(Object value, FilterArguments given) {
    try {
      return value instanceof String text
          ? Double.parseDouble(text.strip())
          : value instanceof Absent ? given.get("default", 0.0) : (Object) Values.real(value);
    } catch (NumberFormatException e) {
      return given.get("default", 0.0);
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
