package dev.lora4j.core.format.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import java.util.Map;
import java.util.Optional;

/**
 * AdaLoRA's {@code rank_pattern}: by layer, which of the first directions are left. PEFT's keys are
 * paths with the name of the sizes, and perhaps the adapter's.
 */
final class RankPattern {
  private static final String FIELD = AdaloraMethod.LEFT;
  private static final String SIZES = "." + AdaloraMethod.SIZES;

  private RankPattern() {}

  /**
   * How many directions are left of a layer; empty if the configuration does not say.
   *
   * @param where what to call the configuration in messages
   * @param initial rank of the beginning
   * @throws AdapterException if it is not one truth value for each of the first directions
   */
  static Optional<Long> left(JsonObject fields, String where, String path, long initial) {
    JsonElement all = fields.get(FIELD);
    if (all == null || all.isJsonNull()) {
      return Optional.empty();
    }
    if (!all.isJsonObject()) {
      throw new AdapterException(
          where + " says " + FIELD + " " + all + "; of AdaLoRA it should be an object by layer.");
    }
    String name = path + SIZES;
    return all.getAsJsonObject().entrySet().stream()
        .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "."))
        .findFirst()
        .map(Map.Entry::getValue)
        .map(pattern -> count(pattern, where, name, initial));
  }

  private static long count(JsonElement pattern, String where, String name, long initial) {
    long size = pattern instanceof JsonArray array ? array.size() : -1;
    if (size != initial) {
      throw wrong(where, name, initial, size < 0 ? pattern.toString() : size + " values");
    }
    long left = 0;
    for (JsonElement each : pattern.getAsJsonArray()) {
      if (!(each instanceof JsonPrimitive value) || !value.isBoolean()) {
        throw wrong(where, name, initial, each.toString());
      }
      left += value.getAsBoolean() ? 1 : 0;
    }
    return left;
  }

  private static AdapterException wrong(String where, String name, long initial, String found) {
    return new AdapterException(
        "%s has %s in its %s for %s, but there should be %d truth values, one for each direction of %s; the file is damaged or was changed."
            .formatted(where, found, FIELD, name, initial, AdaloraMethod.INITIAL));
  }
}
