package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Python's notation of values. */
final class PythonText {
  private PythonText() {}

  /** Result of {@code str}. */
  static String of(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Absent.Undefined ? "" : quoted(value);
  }

  /** Result of {@code repr}. */
  static String quoted(Object value) {
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof Double number) {
      return real(number);
    }
    if (value instanceof Absent) {
      return value instanceof Absent.Undefined ? "Undefined" : "None";
    }
    if (value instanceof List<?> list) {
      return bracketed('[', list.stream().map(each -> () -> quoted(each)), ']');
    }
    if (value instanceof Map<?, ?> map) {
      return bracketed(
          '{',
          map.entrySet().stream().map(e -> () -> quoted(e.getKey()) + ": " + quoted(e.getValue())),
          '}');
    }
    if (value instanceof Long number) {
      return number.toString();
    }
    throw JinjaException.of("a " + Values.kind(value) + " cannot be written");
  }

  private static String bracketed(char open, Stream<Supplier<String>> items, char close) {
    StringBuilder written = new StringBuilder().append(open);
    Budget.sink();
    items.forEach(
        item -> {
          String text = item.get();
          Budget.grown(written.length(), text.length() + 2.0);
          written.append(written.length() == 1 ? "" : ", ").append(text);
        });
    Budget.rise();
    return written.append(close).toString();
  }

  static String real(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    if (number == Math.rint(number) && Math.abs(number) < 1e16) {
      return (number == 0 && 1 / number < 0 ? "-0" : Long.toString((long) number)) + ".0";
    }
    if (Math.abs(number) >= 1e-4 && Math.abs(number) < 1e16) {
      return new java.math.BigDecimal(Double.toString(number)).toPlainString();
    }
    String[] parts = Double.toString(number).split("E", -1);
    int exponent = Integer.parseInt(parts[1]);
    return parts[0].replaceFirst("\\.0$", "")
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** True if Python counts a character as white space. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder written = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> written.append("\\n");
        case '\r' -> written.append("\\r");
        case '\t' -> written.append("\\t");
        case '\\' -> written.append("\\\\");
        default -> {
          if (c == quote) {
            written.append('\\').append(c);
          } else if (c < ' ' || c == 127) {
            written.append("\\x%02x".formatted((int) c));
          } else {
            written.append(c);
          }
        }
      }
    }
    return written.append(quote).toString();
  }
}
