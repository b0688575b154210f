package dev.lora4j.text.align.reward;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.Optional;

/** JSON values as JSON schema sees them. */
final class JsonValues {
  private JsonValues() {}

  /**
   * The only value of a text; empty if the text is no JSON, by the letter, nests more than 255
   * deep, or has a number of more than 1,000 characters.
   */
  static Optional<JsonElement> parse(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        return Optional.empty();
      }
      JsonElement value = JsonParser.parseReader(reader);
      return reader.peek() == JsonToken.END_DOCUMENT ? Optional.of(value) : Optional.empty();
    } catch (JsonParseException | IOException e) {
      return Optional.empty();
    }
  }

  /** The kind of a value: {@code null}, {@code boolean}, {@code number}, {@code string} ... */
  static String type(JsonElement value) {
    if (value.isJsonPrimitive()) {
      if (value.getAsJsonPrimitive().isNumber()) {
        return "number";
      }
      return value.getAsJsonPrimitive().isBoolean() ? "boolean" : "string";
    }
    if (value.isJsonNull()) {
      return "null";
    }
    return value.isJsonArray() ? "array" : "object";
  }

  /** Returns true if a value is of a kind; a number without a fraction is an {@code integer}. */
  static boolean is(JsonElement value, String type) {
    String found = type(value);
    if (type.equals("integer")) {
      return found.equals("number")
          && number(value).filter(n -> n.stripTrailingZeros().scale() <= 0).isPresent();
    }
    return type.equals(found);
  }

  /** The number; empty if it is none, or its exponent is beyond 10,000. */
  static Optional<BigDecimal> number(JsonElement value) {
    if (!type(value).equals("number")) {
      return Optional.empty();
    }
    try {
      return Optional.of(value.getAsBigDecimal());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Returns true if two are the same value; 1 and 1.0 are. */
  static boolean same(JsonElement one, JsonElement other) {
    String type = type(one);
    if (!type.equals(type(other))) {
      return false;
    }
    return switch (type) {
      case "number" ->
          number(one)
              .flatMap(a -> number(other).map(b -> a.compareTo(b) == 0))
              .orElseGet(() -> one.getAsString().equals(other.getAsString()));
      case "array" -> sameElements(one.getAsJsonArray(), other.getAsJsonArray());
      case "object" -> sameMembers(one.getAsJsonObject(), other.getAsJsonObject());
      default -> one.equals(other);
    };
  }

  private static boolean sameElements(JsonArray one, JsonArray other) {
    boolean same = one.size() == other.size();
    for (int i = 0; same && i < one.size(); i++) {
      same = same(one.get(i), other.get(i));
    }
    return same;
  }

  private static boolean sameMembers(JsonObject one, JsonObject other) {
    return one.keySet().equals(other.keySet())
        && one.keySet().stream().allMatch(name -> same(one.get(name), other.get(name)));
  }
}
