package dev.lora4j.studio.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.CommandWords;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Fields of a request that become options as they are, which the command itself checks. */
final class FieldTexts {
  private FieldTexts() {}

  /** Adds an option for each field that is there. */
  static void add(CommandWords words, JsonFields request, Map<String, String> options) {
    options.forEach(
        (field, option) -> find(request, field).ifPresent(value -> words.option(option, value)));
  }

  /** Adds an option without a value for each field that is true. */
  static void flags(CommandWords words, JsonFields request, Map<String, String> options) {
    new TreeMap<>(options)
        .forEach(
            (field, option) -> {
              if (request.flag(field, false)) {
                words.flag(option);
              }
            });
  }

  /** A text or a number, as it was written; empty if it is absent or an empty text. */
  static Optional<String> find(JsonFields request, String field) {
    return request
        .any(field)
        .map(value -> text(request.path(field), value))
        .filter(text -> !text.isBlank());
  }

  /** A value that is a text, a number or a truth value, as it was written. */
  static String text(String path, JsonElement value) {
    if (value instanceof JsonPrimitive one) {
      return one.getAsString();
    }
    throw JsonFields.wrong(path, "a text or a number", value);
  }
}
