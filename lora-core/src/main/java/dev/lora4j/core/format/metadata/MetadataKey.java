package dev.lora4j.core.format.metadata;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The name of a metadata entry, with how its text becomes a value and a value its text. Trainers
 * write what Python's {@code str} gives.
 *
 * @param name as in the file
 * @param read empty where the text is no such value
 * @param write what {@code read} takes back
 */
public record MetadataKey<T>(
    String name, Function<String, Optional<T>> read, Function<T, String> write) {
  /** An entry of plain text. */
  public static MetadataKey<String> text(String name) {
    return new MetadataKey<>(name, Optional::of, Function.identity());
  }

  /** An entry that is a whole number. */
  public static MetadataKey<Long> whole(String name) {
    return new MetadataKey<>(name, MetadataKey::integer, l -> Long.toString(l));
  }

  /** An entry that is a finite number. */
  public static MetadataKey<Double> number(String name) {
    return new MetadataKey<>(name, MetadataKey::finite, PythonNumber::of);
  }

  /** An entry that is {@code True} or {@code False}. */
  public static MetadataKey<Boolean> flag(String name) {
    return new MetadataKey<>(
        name,
        text ->
            switch (text.strip()) {
              case "True", "true" -> Optional.of(true);
              case "False", "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        value -> value ? "True" : "False");
  }

  /** An entry that is a flat JSON object; values that are no text are read as their JSON. */
  public static MetadataKey<SortedMap<String, String>> object(String name) {
    return new MetadataKey<>(name, MetadataKey::fields, MetadataKey::json);
  }

  private static Optional<Long> integer(String text) {
    return finite(text).filter(d -> d == Math.rint(d)).map(Double::longValue);
  }

  private static Optional<Double> finite(String text) {
    try {
      return Optional.of(Double.valueOf(text.strip())).filter(Double::isFinite);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<SortedMap<String, String>> fields(String text) {
    try {
      SortedMap<String, String> fields = new TreeMap<>();
      for (Map.Entry<String, JsonElement> field :
          JsonParser.parseString(text).getAsJsonObject().entrySet()) {
        JsonElement value = field.getValue();
        fields.put(
            field.getKey(), value.isJsonPrimitive() ? value.getAsString() : value.toString());
      }
      return Optional.of(Collections.unmodifiableSortedMap(fields));
    } catch (JsonParseException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  private static String json(Map<String, String> fields) {
    JsonObject object = new JsonObject();
    new TreeMap<>(fields).forEach(object::addProperty);
    return object.toString();
  }
}
