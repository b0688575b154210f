package dev.lora4j.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object, in the order its fields were put. */
final class Json {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final Map<String, Object> fields = new LinkedHashMap<>();

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
