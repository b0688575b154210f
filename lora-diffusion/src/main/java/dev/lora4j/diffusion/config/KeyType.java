package dev.lora4j.diffusion.config;

import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Type of a key's value. Values come as TOML gives them (text, whole numbers, numbers, booleans,
 * lists) or as text of a command line.
 *
 * @param expected description of the value in a message, for example {@code a whole number}
 * @param reading a value of TOML or a text, to the value; throws {@link IllegalArgumentException}
 * @param writing the value as TOML writes it
 */
public record KeyType<T>(
    String expected, Function<Object, T> reading, Function<T, String> writing) {
  static final KeyType<Boolean> FLAG =
      new KeyType<>("true or false", KeyType::flag, b -> Boolean.toString(b));

  static final KeyType<String> TEXT =
      new KeyType<>("a text", value -> text(value), KeyType::quoted);

  /**
   * Path of a file or folder; in a run file it counts from where that is. Written whole, as what is
   * written may lie elsewhere.
   */
  static final KeyType<String> PATH =
      new KeyType<>(
          "a path",
          value -> text(value),
          path -> quoted(Path.of(path).toAbsolutePath().normalize().toString()));

  static final KeyType<Double> NUMBER = new KeyType<>("a number", KeyType::number, KeyType::plain);

  static final KeyType<Long> WHOLE =
      new KeyType<>("a whole number", KeyType::whole, n -> Long.toString(n));

  static final KeyType<List<String>> TEXTS =
      list("a list of texts", KeyType::text, KeyType::quoted);

  static final KeyType<List<Double>> NUMBERS =
      list("a list of numbers", KeyType::number, KeyType::plain);

  /** Settings of an extension, which alone knows what it takes. */
  static final KeyType<Map<String, Object>> SETTINGS =
      new KeyType<>("a table of settings", KeyType::settings, TomlText::of);

  /** Numbers by name, in the order of the file. */
  static final KeyType<Map<String, Double>> NUMBERS_BY_NAME =
      byName("a table of names and numbers", KeyType::number, KeyType::plain);

  /** Counts by name, in the order of the file. */
  static final KeyType<Map<String, Integer>> COUNTS_BY_NAME =
      byName(
          "a table of names and whole numbers of at least 1",
          value -> count(1).reading().apply(value),
          n -> Integer.toString(n));

  /** Lists of whole numbers of at least {@code least}. */
  static KeyType<List<Integer>> counts(int least) {
    return list(
        "a list of whole numbers of at least " + least,
        value -> count(least).reading().apply(value),
        n -> Integer.toString(n));
  }

  /** Whole numbers of at least {@code least}. */
  static KeyType<Integer> count(int least) {
    return new KeyType<>(
        "a whole number of at least " + least,
        value -> {
          long n = whole(value);
          if (n < least || n > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("out of range");
          }
          return (int) n;
        },
        n -> Integer.toString(n));
  }

  /** Numbers from {@code least} to {@code greatest}, both included. */
  static KeyType<Double> number(double least, double greatest) {
    String range =
        Double.isInfinite(greatest)
            ? "a number of at least " + plain(least)
            : "a number from " + plain(least) + " to " + plain(greatest);
    return new KeyType<>(
        range,
        value -> {
          double x = number(value);
          if (!(x >= least && x <= greatest)) {
            throw new IllegalArgumentException("out of range");
          }
          return x;
        },
        KeyType::plain);
  }

  /** One of some words; upper case and dashes do not matter. */
  static KeyType<String> choice(String... words) {
    List<String> all = List.of(words);
    return new KeyType<>(
        "one of " + String.join(", ", all),
        value -> {
          String word = text(value).toLowerCase(Locale.ROOT).replace('-', '_');
          if (!all.contains(word)) {
            throw new IllegalArgumentException("not among them");
          }
          return word;
        },
        KeyType::quoted);
  }

  /** The name of an extension; upper case and dashes do not matter. */
  static KeyType<String> extension(Class<?> point) {
    return new KeyType<>(
        "the name of a " + point.getSimpleName(),
        value -> {
          String name = text(value);
          String plain = name.toLowerCase(Locale.ROOT);
          return Stream.of(name, plain, plain.replace('-', '_'))
              .filter(n -> Extensions.installed().find(point, n).isPresent())
              .findFirst()
              .orElseGet(() -> Extensions.installed().info(point, name).name());
        },
        KeyType::quoted);
  }

  /** Names of extensions, each with settings of its own or without. */
  static KeyType<List<String>> extensions(Class<?> point) {
    return list(
        "a list of names of a " + point.getSimpleName(),
        ExtensionRequest::split,
        value -> {
          String request = text(value);
          Extensions.installed().info(point, ExtensionRequest.parse(request).name());
          return request;
        },
        KeyType::quoted);
  }

  private static <E> KeyType<List<E>> list(
      String expected, Function<Object, E> reading, Function<E, String> writing) {
    return list(
        expected,
        text -> Arrays.stream(text.split(",")).map(String::strip).toList(),
        reading,
        writing);
  }

  /** Lists, divided by {@code dividing} on a command line, or in TOML. */
  private static <E> KeyType<List<E>> list(
      String expected,
      Function<String, List<String>> dividing,
      Function<Object, E> reading,
      Function<E, String> writing) {
    return new KeyType<>(
        expected,
        value -> {
          Object said = value;
          if (value instanceof String text && text.strip().startsWith("[")) {
            said = RunFile.value(text.strip());
          }
          List<?> parts = said instanceof List<?> given ? given : dividing.apply(text(value));
          List<E> all = new ArrayList<>();
          parts.forEach(part -> all.add(reading.apply(part)));
          return List.copyOf(all);
        },
        values -> values.stream().map(writing).collect(Collectors.joining(", ", "[", "]")));
  }

  private static Map<String, Object> settings(Object value) {
    Map<String, Object> all = new TreeMap<>();
    table(value).forEach((name, one) -> all.put(String.valueOf(name), one));
    return Collections.unmodifiableMap(all);
  }

  /** Tables whose keys are the user's own, in the order of the file, which may have a meaning. */
  private static <E> KeyType<Map<String, E>> byName(
      String expected, Function<Object, E> reading, Function<E, String> writing) {
    return new KeyType<>(
        expected,
        value -> {
          Map<String, E> all = new LinkedHashMap<>();
          table(value).forEach((name, one) -> all.put(text(name), reading.apply(one)));
          return Collections.unmodifiableMap(all);
        },
        map ->
            map.entrySet().stream()
                .map(e -> quoted(e.getKey()) + " = " + writing.apply(e.getValue()))
                .collect(Collectors.joining(", ", "{ ", " }")));
  }

  /** Reads a table; on a command line it is TOML in one line. */
  private static Map<?, ?> table(Object value) {
    Object said = value instanceof String text ? RunFile.value(text) : value;
    if (said instanceof Map<?, ?> table) {
      return table;
    }
    throw new IllegalArgumentException("no table");
  }

  private static boolean flag(Object value) {
    return switch (String.valueOf(value).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither");
    };
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("no text");
  }

  private static double number(Object value) {
    double x =
        value instanceof Number given ? given.doubleValue() : Double.parseDouble(text(value));
    if (!Double.isFinite(x)) {
      throw new IllegalArgumentException("not finite");
    }
    return x;
  }

  private static long whole(Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    return Long.parseLong(text(value));
  }

  /** A number without a needless point: TOML takes both. */
  public static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15
        ? Long.toString((long) x)
        : Double.toString(x).replace("E", "e");
  }

  /** A basic string of TOML. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            out.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
