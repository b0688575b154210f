package dev.lora4j.server.http;

import java.nio.charset.StandardCharsets;

/** The form of Server-Sent Events. */
final class EventText {
  private EventText() {}

  /**
   * An event; no name or id if they are empty.
   *
   * @throws IllegalArgumentException if the name or id has a line end or a NUL
   */
  static byte[] event(String name, String id, String data) {
    StringBuilder text = new StringBuilder(data.length() + 16);
    field(text, "event", name);
    field(text, "id", id);
    // Each line of the data needs the field's name; any line end would end the field.
    for (String line : data.split("\r\n|\r|\n", -1)) {
      text.append("data: ").append(line).append('\n');
    }
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void field(StringBuilder text, String field, String value) {
    if (value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
      throw new IllegalArgumentException("An event's " + field + " is one line of text.");
    }
    if (!value.isEmpty()) {
      text.append(field).append(": ").append(value).append('\n');
    }
  }

  /** What clients pass over. */
  static byte[] comment() {
    return ":\n\n".getBytes(StandardCharsets.UTF_8);
  }
}
