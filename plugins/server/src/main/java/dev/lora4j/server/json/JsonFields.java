package dev.lora4j.server.json;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/**
 * Fields of a JSON object in a request. A field that is {@code null} is absent, as for all the
 * protocols here. Fields that nobody asks for are ignored.
 */
public final class JsonFields {
  private static final TypeAdapter<JsonElement> ANY = new Gson().getAdapter(JsonElement.class);
  private static final String NO_OBJECT = "The body must be one JSON object";
  private static final int SHOWN = 60;

  private final JsonObject object;
  private final String path;

  private JsonFields(JsonObject object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Parses the body of a request.
   *
   * @throws FieldException if it is no JSON object
   */
  public static JsonFields parse(String body) {
    // Names without quotes and the like are what a reader of Gson takes by itself.
    JsonReader reader = new JsonReader(new StringReader(body));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement parsed = ANY.read(reader);
      if (parsed instanceof JsonObject object && reader.peek() == JsonToken.END_DOCUMENT) {
        return new JsonFields(object, "");
      }
    } catch (IOException | JsonParseException e) {
      throw new FieldException("", NO_OBJECT + " (" + e.getMessage() + ").");
    }
    throw new FieldException("", NO_OBJECT + ", found something else.");
  }

  /** Fields of an object that a program made. */
  public static JsonFields of(JsonObject object) {
    return new JsonFields(object, "");
  }

  /** The object as it was sent. */
  public JsonObject object() {
    return object;
  }

  /** Path of a field in messages. */
  public String path(String name) {
    return path + name;
  }

  /** Returns true if a field is there and not null. */
  public boolean has(String name) {
    return object.has(name) && !object.get(name).isJsonNull();
  }

  /** A field of any kind. */
  public Optional<JsonElement> any(String name) {
    return has(name) ? Optional.of(object.get(name)) : Optional.empty();
  }

  /** A text. */
  public Optional<String> text(String name) {
    return any(name).map(value -> text(path(name), value));
  }

  /** A text that must be there. */
  public String requiredText(String name) {
    return text(name).orElseThrow(() -> missing(name, "a text"));
  }

  /** A truth value. */
  public boolean flag(String name, boolean otherwise) {
    return any(name)
        .map(
            value -> {
              if (value instanceof JsonPrimitive one && one.isBoolean()) {
                return one.getAsBoolean();
              }
              throw wrong(path(name), "true or false", value);
            })
        .orElse(otherwise);
  }

  /** A finite number in a range, both ends included. */
  public OptionalDouble number(String name, double least, double most) {
    if (!has(name)) {
      return OptionalDouble.empty();
    }
    double value = number(path(name), object.get(name));
    if (!(value >= least && value <= most)) {
      throw wrong(
          path(name), "a number from " + plain(least) + " to " + plain(most), object.get(name));
    }
    return OptionalDouble.of(value);
  }

  /** A whole number in a range, both ends included. */
  public OptionalInt integer(String name, int least, int most) {
    OptionalLong value = whole(name, least, most);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  /** A whole number in a range, both ends included. */
  public OptionalLong whole(String name, long least, long most) {
    if (!has(name)) {
      return OptionalLong.empty();
    }
    JsonElement value = object.get(name);
    String expected = "a whole number from " + least + " to " + most;
    try {
      if (value instanceof JsonPrimitive one && one.isNumber()) {
        BigDecimal number = one.getAsBigDecimal();
        // A number of a billion digits would be written out to be looked at.
        if (Math.abs((long) number.precision() - number.scale()) < SHOWN) {
          long found = number.longValueExact();
          if (found >= least && found <= most) {
            return OptionalLong.of(found);
          }
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrong(path(name), expected, value);
    }
    throw wrong(path(name), expected, value);
  }

  /** An object; empty if it is absent. */
  public Optional<JsonFields> fields(String name) {
    return any(name).map(value -> fields(path(name), value));
  }

  /** A list, of which each item is read by {@code item} from its path and value. */
  public <T> Optional<List<T>> list(String name, BiFunction<String, JsonElement, T> item) {
    return any(name)
        .map(
            value -> {
              if (!(value instanceof JsonArray array)) {
                throw wrong(path(name), "a list", value);
              }
              List<T> all = new ArrayList<>();
              for (int i = 0; i < array.size(); i++) {
                all.add(item.apply(path(name) + "[" + i + "]", array.get(i)));
              }
              return all;
            });
  }

  /** Reads an item of a list that is an object. */
  public static JsonFields fields(String path, JsonElement value) {
    if (value instanceof JsonObject object) {
      return new JsonFields(object, path + ".");
    }
    throw wrong(path, "an object", value);
  }

  /** Reads an item of a list that is a text. */
  public static String text(String path, JsonElement value) {
    if (value instanceof JsonPrimitive one && one.isString()) {
      return one.getAsString();
    }
    throw wrong(path, "a text", value);
  }

  /** Reads an item of a list that is a finite number. */
  public static double number(String path, JsonElement value) {
    if (value instanceof JsonPrimitive one && one.isNumber()) {
      double number = one.getAsDouble();
      if (Double.isFinite(number)) {
        return number;
      }
    }
    throw wrong(path, "a number", value);
  }

  /** An error about a value that is not what was expected. */
  public static FieldException wrong(String path, String expected, JsonElement found) {
    return new FieldException(
        path, path + " must be " + expected + ", found " + shown(found) + ".");
  }

  /** An error about a field that has to be there. */
  public FieldException missing(String name, String expected) {
    return new FieldException(
        path(name), path(name) + " must be " + expected + ", but it is missing.");
  }

  private static String plain(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : Double.toString(number);
  }

  private static String shown(JsonElement value) {
    String text = value.toString();
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
