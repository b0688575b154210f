package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Map;

/** The tests of {@code value is name}. */
final class TemplateTests {
  private TemplateTests() {}

  static boolean check(Object value, String name, List<Object> given) {
    return switch (name) {
      case "defined" -> !(value instanceof Absent.Undefined);
      case "undefined" -> value instanceof Absent.Undefined;
      case "none" -> value instanceof Absent.None;
      case "string" -> value instanceof String;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "mapping" -> value instanceof Map;
      case "iterable", "sequence" ->
          value instanceof String
              || value instanceof List
              || value instanceof Map
              || value instanceof Absent.Undefined;
      case "callable" -> value instanceof Callable;
      case "odd" -> Math.floorMod(Values.whole(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.whole(value), 2L) == 0;
      case "divisibleby" -> Values.whole(value) % Values.whole(first(given, name)) == 0;
      case "lower" ->
          Values.text(value).equals(Values.text(value).toLowerCase(java.util.Locale.ROOT));
      case "upper" ->
          Values.text(value).equals(Values.text(value).toUpperCase(java.util.Locale.ROOT));
      case "in" -> Values.contains(first(given, name), value);
      case "equalto", "eq", "sameas", "==" -> Values.equal(value, first(given, name));
      case "ne", "!=" -> !Values.equal(value, first(given, name));
      case "gt", "greaterthan", ">" -> Values.compare(value, first(given, name)) > 0;
      case "ge", ">=" -> Values.compare(value, first(given, name)) >= 0;
      case "lt", "lessthan", "<" -> Values.compare(value, first(given, name)) < 0;
      case "le", "<=" -> Values.compare(value, first(given, name)) <= 0;
      default -> throw JinjaException.of("No test named '" + name + "'.");
    };
  }

  private static Object first(List<Object> given, String name) {
    if (given.isEmpty()) {
      throw JinjaException.of("the test '" + name + "' needs a value to compare with");
    }
    return given.get(0);
  }
}
