package dev.lora4j.cli.console;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One JSON object, in the order its fields were put. Numbers that are not finite, for which JSON
 * has no form, are null, and invisible characters are escaped.
 */
public final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeNulls()
          .registerTypeAdapter(
              Double.class, (JsonSerializer<Double>) (x, type, context) -> number(x))
          .registerTypeAdapter(Float.class, (JsonSerializer<Float>) (x, type, context) -> number(x))
          .create();

  private static final String WITHOUT_ORDER = "java\\.util\\.(HashMap|ImmutableCollections\\$.*)";

  private final Map<String, Object> fields = new LinkedHashMap<>();

  private static JsonElement number(Number number) {
    return Double.isFinite(number.doubleValue()) ? new JsonPrimitive(number) : JsonNull.INSTANCE;
  }

  /**
   * Adds a field: a string, number, boolean, another {@link Json}, or a list or map of these.
   *
   * @throws IllegalArgumentException if a map in it has no order of its own, such as {@link Map#of}
   *     gives: Java would write its fields in another order from start to start
   */
  public Json put(String name, Object value) {
    Object field = plain(value);
    requireOrder(name, field);
    fields.put(name, field);
    return this;
  }

  private static Object plain(Object value) {
    if (value instanceof Json json) {
      return json.fields;
    }
    return value instanceof Collection<?> list && list.stream().anyMatch(Json.class::isInstance)
        ? list.stream().map(one -> ((Json) one).fields).toList()
        : value;
  }

  private static void requireOrder(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      boolean ordered = !map.getClass().getName().matches(WITHOUT_ORDER);
      if (map.size() > 1 && !ordered) {
        throw new IllegalArgumentException("The field " + name + " has a map without an order.");
      }
      map.values().forEach(v -> requireOrder(name, v));
    } else if (value instanceof Collection<?> list) {
      list.forEach(v -> requireOrder(name, v));
    }
  }

  /** Fields as a map. */
  public Map<String, Object> fields() {
    return fields;
  }

  @Override
  public String toString() {
    return Printable.lines(GSON.toJson(fields));
  }
}
