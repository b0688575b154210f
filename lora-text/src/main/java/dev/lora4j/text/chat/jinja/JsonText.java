package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JSON as Python's {@code json.dumps} writes it, with characters beyond ASCII as they are. */
final class JsonText {
  private final StringBuilder out = new StringBuilder();
  private final int indent;

  private JsonText(int indent) {
    this.indent = indent;
  }

  /**
   * The JSON of a value.
   *
   * @param indent spaces for each level, or -1 for one line
   */
  static String of(Object value, int indent) {
    JsonText text = new JsonText(indent);
    text.write(value, 0);
    return text.out.toString();
  }

  private void write(Object value, int level) {
    if (value instanceof String text) {
      out.append(string(text));
    } else if (value instanceof Boolean || value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double number) {
      out.append(PythonText.real(number));
    } else if (value instanceof Absent.None) {
      out.append("null");
    } else if (value instanceof List<?> list) {
      List<Runnable> items = new ArrayList<>();
      list.forEach(item -> items.add(() -> write(item, level + 1)));
      bracket('[', items, ']', level);
    } else if (value instanceof Map<?, ?> map) {
      List<Runnable> items = new ArrayList<>();
      map.forEach(
          (key, item) ->
              items.add(
                  () -> {
                    out.append(string(PythonText.of(key))).append(": ");
                    write(item, level + 1);
                  }));
      bracket('{', items, '}', level);
    } else {
      throw JinjaException.of("Object of type " + Values.kind(value) + " is not JSON serializable");
    }
  }

  private void bracket(char open, List<Runnable> items, char close, int level) {
    Budget.sink();
    Budget.list(items.size());
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : indent < 0 ? ", " : ",");
      line(level + 1);
      items.get(i).run();
    }
    if (!items.isEmpty()) {
      line(level);
    }
    out.append(close);
    Budget.rise();
  }

  private void line(int level) {
    if (indent >= 0) {
      Budget.grown(out.length(), (double) level * indent);
      out.append('\n').append(" ".repeat(level * indent));
    }
  }

  private String string(String text) {
    Budget.grown(out.length(), text.length());
    StringBuilder written = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> written.append("\\n");
        case '\r' -> written.append("\\r");
        case '\t' -> written.append("\\t");
        case '\b' -> written.append("\\b");
        case '\f' -> written.append("\\f");
        case '"' -> written.append("\\\"");
        case '\\' -> written.append("\\\\");
        default -> {
          if (c < ' ') {
            written.append("\\u%04x".formatted((int) c));
          } else {
            written.append(c);
          }
        }
      }
    }
    return written.append('"').toString();
  }
}
