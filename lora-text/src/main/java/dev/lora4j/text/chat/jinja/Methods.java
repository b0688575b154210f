package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** The methods of Python's texts, lists and maps that change nothing. */
final class Methods {
  private static final Pattern END_OF_LINE =
      Pattern.compile("\\r\\n|[\\n\\r\\x0b\\f\\x1c-\\x1e\\x85\\u2028\\u2029]");

  private Methods() {}

  static Optional<Callable> of(Object target, String name) {
    if (target instanceof String text) {
      return ofText(text, name);
    } else if (target instanceof Map<?, ?> map) {
      return ofMap(map, name);
    } else if (target instanceof List<?> list) {
      return switch (name) {
        case "index" -> method(given -> indexOf(list, given.get(0)));
        case "count" ->
            method(given -> list.stream().filter(v -> Values.equal(v, given.get(0))).count());
        default -> Optional.empty();
      };
    }
    return Optional.empty();
  }

  /** A method with arguments by place alone. */
  private interface ByPlace {
    Object call(List<Object> given);
  }

  private static Optional<Callable> method(ByPlace method) {
    return method(1, method);
  }

  /** A method that takes at most so many arguments. */
  private static Optional<Callable> method(int most, ByPlace method) {
    return Optional.of(
        (places, names) -> {
          if (!names.isEmpty()) {
            throw JinjaException.of(
                "'" + names.keySet().iterator().next() + "' has to be given by place");
          }
          if (places.size() > most) {
            throw JinjaException.of("at most " + most + " argument(s) are known here");
          }
          try {
            return method.call(places);
          } catch (IndexOutOfBoundsException e) {
            throw JinjaException.of("an argument is missing");
          }
        });
  }

  private static Optional<Callable> ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> method(0, given -> items(map));
      case "keys" -> method(0, given -> new ArrayList<>(map.keySet()));
      case "values" -> method(0, given -> new ArrayList<>(map.values()));
      case "get" ->
          method(
              2,
              given -> {
                Object value = map.get(Values.hashable(given.get(0)));
                return value != null ? value : given.size() > 1 ? given.get(1) : Absent.NONE;
              });
      default -> Optional.empty();
    };
  }

  /** Pairs of keys and values. */
  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(List.of(key, value)));
    return items;
  }

  private static Optional<Callable> ofText(String text, String name) {
    return switch (name) {
      case "strip" -> method(given -> strip(text, given, true, true));
      case "lstrip" -> method(given -> strip(text, given, true, false));
      case "rstrip" -> method(given -> strip(text, given, false, true));
      case "split" -> splitting(given -> split(text, given));
      case "rsplit" -> splitting(given -> splitFromEnd(text, given));
      case "splitlines" -> method(0, given -> new ArrayList<Object>(lines(text)));
      case "startswith" -> method(given -> any(given.get(0), text::startsWith));
      case "endswith" -> method(given -> any(given.get(0), text::endsWith));
      case "upper" -> method(0, given -> text.toUpperCase(Locale.ROOT));
      case "lower" -> method(0, given -> text.toLowerCase(Locale.ROOT));
      case "title" -> method(0, given -> title(text));
      case "capitalize" -> method(0, given -> capitalized(text));
      case "replace" -> method(3, given -> replace(text, given));
      case "find" -> method(given -> counted(text, text.indexOf(sought(text, given))));
      case "rfind" -> method(given -> counted(text, text.lastIndexOf(sought(text, given))));
      case "count" -> method(given -> occurrences(text, Values.text(given.get(0))));
      case "join" ->
          method(
              given ->
                  joined(text, Values.items(given.get(0)).stream().map(Values::text).toList()));
      case "removeprefix" ->
          method(
              given ->
                  text.startsWith(Values.text(given.get(0)))
                      ? text.substring(Values.text(given.get(0)).length())
                      : text);
      case "removesuffix" ->
          method(
              given ->
                  text.endsWith(Values.text(given.get(0)))
                      ? text.substring(0, text.length() - Values.text(given.get(0)).length())
                      : text);
      case "isdigit" -> method(0, given -> all(text, Character::isDigit));
      case "isalpha" -> method(0, given -> all(text, Character::isLetter));
      case "isalnum" -> method(0, given -> all(text, Character::isLetterOrDigit));
      case "isspace" -> method(0, given -> all(text, c -> PythonText.isSpace((char) c)));
      case "isupper" -> method(0, given -> cased(text, text.toUpperCase(Locale.ROOT)));
      case "islower" -> method(0, given -> cased(text, text.toLowerCase(Locale.ROOT)));
      default -> Optional.empty();
    };
  }

  /** A method that divides texts, with arguments by place or by name. */
  private static Optional<Callable> splitting(ByPlace split) {
    return Optional.of(
        (places, names) -> {
          Map<String, Object> left = new LinkedHashMap<>(names);
          List<Object> all = new ArrayList<>(places);
          if (all.isEmpty()) {
            all.add(left.containsKey("sep") ? left.remove("sep") : Absent.NONE);
          }
          if (all.size() == 1 && left.containsKey("maxsplit")) {
            all.add(left.remove("maxsplit"));
          }
          return method(2, split).orElseThrow().call(all, left);
        });
  }

  /** Python counts characters, of which some are two of Java's. */
  private static long counted(String text, int at) {
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static String sought(String text, List<Object> given) {
    String part = Values.text(given.get(0));
    Budget.search(text, part);
    return part;
  }

  /**
   * Number of occurrences of a part in a text; an empty one is before each character and at the
   * end.
   */
  private static long occurrences(String text, String part) {
    Budget.search(text, part);
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  /** Texts with another between them. */
  static String joined(String between, List<String> texts) {
    double length = (double) between.length() * Math.max(0, texts.size() - 1);
    for (String text : texts) {
      length += text.length();
    }
    Budget.text(length);
    return String.join(between, texts);
  }

  private static boolean cased(String text, String same) {
    boolean letters =
        !text.equals(text.toUpperCase(Locale.ROOT)) || !text.equals(text.toLowerCase(Locale.ROOT));
    return letters && text.equals(same);
  }

  /** The lines of a text by all that Python takes for an end of a line; none behind the last. */
  static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(Arrays.asList(END_OF_LINE.split(text, -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  private static long indexOf(List<?> list, Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), value)) {
        return i;
      }
    }
    throw JinjaException.of(PythonText.quoted(value) + " is not in list");
  }

  static String strip(String text, List<Object> given, boolean left, boolean right) {
    boolean white = given.isEmpty() || given.get(0) instanceof Absent.None;
    String taken = white ? "" : Values.text(given.get(0));
    int from = 0;
    int to = text.length();
    while (left && from < to && gone(text.charAt(from), white, taken)) {
      from++;
    }
    while (right && to > from && gone(text.charAt(to - 1), white, taken)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean gone(char c, boolean white, String taken) {
    return white ? PythonText.isSpace(c) : taken.indexOf(c) >= 0;
  }

  private static List<Object> split(String text, List<Object> given) {
    List<Object> parts = new ArrayList<>();
    long most = given.size() > 1 ? Values.whole(given.get(1)) : -1;
    if (given.isEmpty() || given.get(0) instanceof Absent.None) {
      String rest = strip(text, List.of(), true, false);
      while (!rest.isEmpty()) {
        Budget.work(rest.length() / 4 + 1);
        int end = 0;
        while (end < rest.length() && !PythonText.isSpace(rest.charAt(end))) {
          end++;
        }
        boolean last = most >= 0 && parts.size() == most;
        parts.add(last ? rest : rest.substring(0, end));
        rest = last ? "" : strip(rest.substring(end), List.of(), true, false);
      }
      return parts;
    }
    String between = separator(given.get(0));
    Budget.search(text, between);
    int from = 0;
    for (int at = text.indexOf(between);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(between, from)) {
      parts.add(text.substring(from, at));
      from = at + between.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Object> splitFromEnd(String text, List<Object> given) {
    if (given.size() < 2) {
      return split(text, given);
    }
    String between = separator(given.get(0));
    long most = Values.whole(given.get(1));
    List<Object> parts = new ArrayList<>();
    String rest = text;
    for (int at = rest.lastIndexOf(between);
        at >= 0 && (most < 0 || parts.size() < most);
        at = rest.lastIndexOf(between)) {
      Budget.work(rest.length() / 4 + parts.size());
      parts.add(0, rest.substring(at + between.length()));
      rest = rest.substring(0, at);
    }
    parts.add(0, rest);
    return parts;
  }

  private static String separator(Object value) {
    String between = Values.text(value);
    if (between.isEmpty()) {
      throw JinjaException.of("empty separator");
    }
    return between;
  }

  private static boolean any(Object given, java.util.function.Predicate<String> fits) {
    return given instanceof List<?> several
        ? several.stream().anyMatch(each -> fits.test(Values.text(each)))
        : fits.test(Values.text(given));
  }

  static String replace(String text, List<Object> given) {
    String from = Values.text(given.get(0));
    String to = Values.text(given.get(1));
    long most = given.size() < 3 ? -1 : Values.whole(given.get(2));
    long count = occurrences(text, from);
    count = most < 0 ? count : Math.min(most, count);
    Budget.text(text.length() + (double) count * (to.length() - from.length()));
    if (most < 0) {
      return text.replace(from, to);
    }
    StringBuilder done = new StringBuilder();
    int at = 0;
    for (long left = from.isEmpty() ? Math.min(1, count) : count; left > 0; left--) {
      int found = text.indexOf(from, at);
      done.append(text, at, found).append(to);
      at = found + from.length();
    }
    return done.append(text, at, text.length()).toString();
  }

  static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean within = false;
    for (int c : text.codePoints().toArray()) {
      title.appendCodePoint(within ? Character.toLowerCase(c) : Character.toTitleCase(c));
      within = Character.isLetter(c);
    }
    return title.toString();
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int end = text.offsetByCodePoints(0, 1);
    return text.substring(0, end).toUpperCase(Locale.ROOT)
        + text.substring(end).toLowerCase(Locale.ROOT);
  }

  private static boolean all(String text, IntPredicate kind) {
    return !text.isEmpty() && text.codePoints().allMatch(kind);
  }
}
