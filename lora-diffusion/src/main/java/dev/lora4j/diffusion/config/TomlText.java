package dev.lora4j.diffusion.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values as TOML writes them. */
final class TomlText {
  private TomlText() {}

  /** A value in one line. */
  static String of(Object value) {
    if (value instanceof Map<?, ?> table) {
      return table.entrySet().stream()
          .map(e -> KeyType.quoted(String.valueOf(e.getKey())) + " = " + of(e.getValue()))
          .collect(Collectors.joining(", ", "{ ", " }"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(TomlText::of).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Double number && number.isInfinite()) {
      return number > 0 ? "inf" : "-inf";
    }
    return value instanceof String text ? KeyType.quoted(text) : String.valueOf(value);
  }

  /** An array of tables, each possibly with arrays of tables in it. */
  static String tables(String name, List<?> tables) {
    StringBuilder text = new StringBuilder();
    for (Object one : tables) {
      text.append("[[").append(name).append("]]\n");
      StringBuilder inner = new StringBuilder();
      if (one instanceof Map<?, ?> table) {
        table.forEach(
            (key, value) -> {
              boolean deeper =
                  value instanceof List<?> list
                      && !list.isEmpty()
                      && list.get(0) instanceof Map<?, ?>;
              if (deeper) {
                inner.append(tables(name + "." + key, (List<?>) value));
              } else {
                text.append(key).append(" = ").append(of(value)).append('\n');
              }
            });
      }
      text.append(inner);
    }
    return text.toString();
  }
}
