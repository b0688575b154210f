package dev.lora4j.cli.file;

import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A key of a run file.
 *
 * @param name as the file has it
 * @param arg the option or parameter that it says
 * @param located settings behind a name, in its values, that are paths; an empty text for values
 *     that begin with one
 */
public record RunFileKey(String name, ArgSpec arg, List<String> located) {
  /** Copies its list. */
  public RunFileKey {
    located = List.copyOf(located);
  }

  /**
   * Values as a command line has them, of which paths count from a folder.
   *
   * @param value of TOML
   * @throws IllegalArgumentException if it is of another type, saying what is expected
   */
  public List<String> texts(Object value, Path folder) {
    if (arg.typeInfo().isMap()) {
      if (!(value instanceof Map<?, ?> table)) {
        throw wrong(value);
      }
      return table.entrySet().stream()
          .map(one -> one.getKey() + "=" + text(one.getValue(), value, folder))
          .toList();
    }
    List<Object> all = new ArrayList<>();
    if (arg.isMultiValue() && value instanceof List<?> list) {
      all.addAll(list);
    } else {
      all.add(value);
    }
    return all.stream().map(one -> text(one, value, folder)).toList();
  }

  /** Words of a command line that say such values. */
  public List<String> words(List<String> texts) {
    if (!(arg instanceof OptionSpec option)) {
      return texts;
    }
    String said = option.longestName();
    return flag()
        ? texts.stream().filter("true"::equals).map(yes -> said).toList()
        : texts.stream().map(text -> said + "=" + text).toList();
  }

  private boolean flag() {
    return type() == boolean.class || type() == Boolean.class;
  }

  /** Type of one value. */
  private Class<?> type() {
    Class<?>[] parts = arg.auxiliaryTypes();
    return parts.length == 0 ? arg.type() : parts[parts.length - 1];
  }

  private String text(Object one, Object whole, Path folder) {
    Class<?> type = type();
    if ((flag() && one instanceof Boolean)
        || (List.of(int.class, long.class, Integer.class, Long.class).contains(type)
            && one instanceof Long)
        || ((type == double.class || type == Double.class) && one instanceof Number)) {
      return checked(String.valueOf(one), whole);
    }
    boolean words = type == String.class || type == Path.class || type.isEnum();
    if (!(one instanceof String text) || !(words || arg.converters().length > 0)) {
      throw wrong(whole);
    }
    if (type == Path.class) {
      if (text.isBlank()) {
        throw wrong(whole);
      }
      return folder.resolve(text).toString();
    }
    return checked(located(text, folder), whole);
  }

  /** A text that the option can be given. */
  private String checked(String text, Object whole) {
    if (type() == int.class || type() == Integer.class) {
      long number = Long.parseLong(text);
      if (number != (int) number) {
        throw wrong(whole);
      }
    }
    if (type().isEnum()
        && Arrays.stream(type().getEnumConstants()).noneMatch(c -> text.equals(c.toString()))) {
      throw wrong(whole);
    }
    for (ITypeConverter<?> converter : arg.converters()) {
      try {
        converter.convert(text);
      } catch (Exception e) {
        throw new IllegalArgumentException(
            name + " cannot be " + shown(whole) + ": " + e.getMessage() + ".", e);
      }
    }
    return text;
  }

  /** A text whose paths count from a folder. */
  private String located(String text, Path folder) {
    if (located.isEmpty()) {
      return text;
    }
    if (located.contains("")) {
      return folder.resolve(text).toString();
    }
    ExtensionRequest asked = ExtensionRequest.parse(text);
    Map<String, Object> settings = new LinkedHashMap<>(asked.settings());
    settings.replaceAll(
        (setting, value) -> {
          String path = String.valueOf(value);
          return located.contains(setting) && !path.isBlank()
              ? folder.resolve(path).toString()
              : value;
        });
    return settings.equals(asked.settings())
        ? text
        : new ExtensionRequest(asked.name(), settings).text();
  }

  private IllegalArgumentException wrong(Object value) {
    return new IllegalArgumentException(
        name
            + " takes "
            + (arg.typeInfo().isMap() ? "a table of names, each with " : "")
            + expected()
            + (arg.isMultiValue() && !arg.typeInfo().isMap() ? ", or a list of these" : "")
            + ", found "
            + shown(value)
            + ".");
  }

  private static String shown(Object value) {
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }

  private String expected() {
    Class<?> type = type();
    if (flag()) {
      return "true or false";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == Path.class) {
      return "a path";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return type == String.class || arg.converters().length > 0 ? "a text" : "a whole number";
  }

  /** The value that the option has, for a file; empty if it has none. */
  Optional<Object> value() {
    boolean read = arg.converters().length > 0 && !type().isEnum();
    Object value = read ? arg.originalStringValues() : arg.getValue();
    return value instanceof Optional<?> one
        ? one.map(this::plain)
        : Optional.ofNullable(value).map(this::plain);
  }

  private Object plain(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(this::plain).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> table = new LinkedHashMap<>();
      map.forEach((key, one) -> table.put(String.valueOf(key), plain(one)));
      return table;
    }
    if (value instanceof Path path) {
      return path.toAbsolutePath().normalize().toString();
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value;
    }
    String text = String.valueOf(value);
    return located(text, Path.of("").toAbsolutePath());
  }
}
