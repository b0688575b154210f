package dev.lora4j.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One JSON object, in the order its fields were put. Numbers that are not finite, for which JSON
 * has no form, are null.
 */
final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeNulls()
          .registerTypeAdapter(
              Double.class, (JsonSerializer<Double>) (x, type, context) -> number(x))
          .registerTypeAdapter(Float.class, (JsonSerializer<Float>) (x, type, context) -> number(x))
          .create();

  private final Map<String, Object> fields = new LinkedHashMap<>();

  private static JsonElement number(Number number) {
    return Double.isFinite(number.doubleValue()) ? new JsonPrimitive(number) : JsonNull.INSTANCE;
  }

  /** Adds a field: a string, number, boolean, list or map of these, or another {@link Json}. */
  Json put(String name, Object value) {
    fields.put(name, value instanceof Json json ? json.fields : value);
    return this;
  }

  /** For use inside lists. */
  Map<String, Object> fields() {
    return fields;
  }

  @Override
  public String toString() {
    return GSON.toJson(fields);
  }
}
