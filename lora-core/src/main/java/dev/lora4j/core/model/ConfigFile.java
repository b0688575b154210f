package dev.lora4j.core.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Typed access to a {@code config.json}, with errors that name the file and the key. */
public final class ConfigFile {
  /** Up to here each whole number is a double. */
  private static final double MOST_EXACT = 0x1p53;

  private final Path file;
  private final JsonObject json;

  private ConfigFile(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads one.
   *
   * @throws ModelException if it is not there, or no JSON object
   */
  public static ConfigFile read(Path file) {
    try {
      JsonElement parsed = JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT));
      if (!parsed.isJsonObject()) {
        throw new ModelException(file + " is not a JSON object.");
      }
      return new ConfigFile(file, parsed.getAsJsonObject());
    } catch (NoSuchFileException e) {
      throw new ModelException(
          "Cannot read "
              + file
              + "; expected a model folder in the layout of diffusers or transformers.",
          e);
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + e.getMessage() + ".", e);
    } catch (JsonParseException e) {
      throw new ModelException(file + " is not valid JSON: " + e.getMessage(), e);
    }
  }

  /**
   * A configuration that was made of what a file says in another form.
   *
   * @param file its name in messages
   * @param json the text of a JSON object
   */
  public static ConfigFile of(Path file, String json) {
    return new ConfigFile(file, JsonParser.parseString(json).getAsJsonObject());
  }

  /** The text of all settings as a JSON object. */
  public String json() {
    return json.toString();
  }

  private Optional<JsonElement> find(String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? Optional.empty() : Optional.of(value);
  }

  /** Path of the file. */
  public Path file() {
    return file;
  }

  /** Settings within a setting; empty if it is absent. */
  public Optional<ConfigFile> section(String key) {
    return find(key)
        .map(
            value -> {
              if (!value.isJsonObject()) {
                throw new ModelException(file + ": '" + key + "' is not a JSON object.");
              }
              return new ConfigFile(file, value.getAsJsonObject());
            });
  }

  /** Number of settings. */
  public int size() {
    return json.size();
  }

  /** Returns true if the file gives a value for {@code key} that is not null. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /** Returns true if the file has {@code key}, also with the value null. */
  public boolean states(String key) {
    return json.has(key);
  }

  /** The names of all settings, be they null. */
  public Set<String> keys() {
    return json.keySet();
  }

  /** A single value as a text, whole numbers without a fraction; a list or section as JSON. */
  public Optional<String> plain(String key) {
    return find(key)
        .map(
            v -> {
              if (!v.isJsonPrimitive()) {
                return v.toString();
              }
              boolean whole = v.getAsJsonPrimitive().isNumber() && whole(v.getAsDouble());
              return whole ? String.valueOf((long) v.getAsDouble()) : v.getAsString();
            });
  }

  private static boolean whole(double value) {
    return value == Math.rint(value) && Math.abs(value) <= MOST_EXACT;
  }

  /**
   * A whole number that must be there.
   *
   * @throws ModelException if it is none from {@code least} to {@code most}
   */
  public int within(String key, int least, int most) {
    return within(key, need(key), least, most);
  }

  /** {@link #within(String, int, int)}, of a key that may be absent. */
  public int within(String key, int least, int most, int otherwise) {
    return find(key).map(v -> within(key, v, least, most)).orElse(otherwise);
  }

  /**
   * A list of whole numbers that must be there.
   *
   * @throws ModelException if it is empty, or one is none from {@code least} to {@code most}
   */
  public List<Integer> listWithin(String key, int least, int most) {
    List<Integer> values = new ArrayList<>();
    array(key).forEach(v -> values.add(within(key, v, least, most)));
    if (values.isEmpty()) {
      throw new ModelException(file + ": '" + key + "' is an empty list.");
    }
    return values;
  }

  /**
   * {@code size} numbers, which the file may also give as one number for all.
   *
   * @throws ModelException if there are more or fewer, or one is none from {@code least} to {@code
   *     most}
   */
  public List<Integer> listWithin(String key, int size, int least, int most) {
    JsonElement value = need(key);
    if (!value.isJsonArray()) {
      return Collections.nCopies(size, within(key, value, least, most));
    }
    List<Integer> values = listWithin(key, least, most);
    requireCount(key, values.size(), size);
    return values;
  }

  /**
   * {@code size} lists of {@code length} numbers each, for which the file may also give one number
   * each, or one for all.
   *
   * @throws ModelException as {@link #listWithin(String, int, int, int)} does
   */
  public List<List<Integer>> listsWithin(String key, int size, int length, int least, int most) {
    JsonElement all = need(key);
    if (!all.isJsonArray()) {
      return Collections.nCopies(size, listWithin(key, length, least, most));
    }
    requireCount(key, all.getAsJsonArray().size(), size);
    List<List<Integer>> lists = new ArrayList<>();
    for (JsonElement each : all.getAsJsonArray()) {
      if (each.isJsonArray()) {
        requireCount(key, each.getAsJsonArray().size(), length);
        List<Integer> values = new ArrayList<>();
        each.getAsJsonArray().forEach(v -> values.add(within(key, v, least, most)));
        lists.add(values);
      } else {
        lists.add(Collections.nCopies(length, within(key, each, least, most)));
      }
    }
    return lists;
  }

  /**
   * Refuses a list of another length.
   *
   * @throws ModelException if {@code found} is not {@code expected}
   */
  public void requireCount(String key, int found, int expected) {
    if (found != expected) {
      throw new ModelException(
          file + ": '" + key + "' has " + found + " values, expected " + expected + ".");
    }
  }

  /** A list of numbers that must be there. */
  public List<Double> reals(String key) {
    List<Double> values = new ArrayList<>();
    array(key).forEach(v -> values.add(number(key, v).doubleValue()));
    return values;
  }

  /**
   * A number.
   *
   * @throws ModelException if it is not above {@code least} and below {@code most}
   */
  public double between(String key, double least, double most, double otherwise) {
    double value = real(key, otherwise);
    if (value > least && value < most) {
      return value;
    }
    throw new ModelException(
        file
            + ": '"
            + key
            + "' is "
            + value
            + ", expected more than "
            + least
            + " and less than "
            + most
            + ".");
  }

  private int within(String key, JsonElement value, int least, int most) {
    double found = number(key, value).doubleValue();
    if (whole(found) && found >= least && found <= most) {
      return (int) found;
    }
    throw new ModelException(
        file
            + ": '"
            + key
            + "' has the value "
            + value
            + ", expected a whole number from "
            + least
            + " to "
            + most
            + ".");
  }

  private JsonElement need(String key) {
    return find(key).orElseThrow(() -> new ModelException(file + " lacks the key '" + key + "'."));
  }

  /** A whole number that must be there. */
  public int integer(String key) {
    return number(key, need(key)).intValue();
  }

  /** A whole number. */
  public int integer(String key, int otherwise) {
    return find(key).map(v -> number(key, v).intValue()).orElse(otherwise);
  }

  /** A number. */
  public double real(String key, double otherwise) {
    return find(key).map(v -> number(key, v).doubleValue()).orElse(otherwise);
  }

  /** A yes or no. */
  public boolean flag(String key, boolean otherwise) {
    return find(key).map(JsonElement::getAsBoolean).orElse(otherwise);
  }

  /** A text. */
  public String text(String key, String otherwise) {
    return find(key).map(JsonElement::getAsString).orElse(otherwise);
  }

  /** A list of texts that must be there. */
  public List<String> texts(String key) {
    List<String> values = new ArrayList<>();
    array(key).forEach(v -> values.add(v.getAsString()));
    return values;
  }

  /** A list of whole numbers that must be there. */
  public List<Integer> integers(String key) {
    List<Integer> values = new ArrayList<>();
    array(key).forEach(v -> values.add(number(key, v).intValue()));
    return values;
  }

  /** A list of {@code size} numbers, which the file may also give as one number for all. */
  public List<Integer> integers(String key, int size) {
    JsonElement value = need(key);
    return value.isJsonArray()
        ? integers(key)
        : Collections.nCopies(size, number(key, value).intValue());
  }

  /**
   * Refuses a setting that would change the mathematics and that is not built.
   *
   * @param expected the only value that is; empty if there is none but null
   */
  public void require(String key, String expected) {
    Optional<JsonElement> value = find(key);
    String found = value.map(v -> v.isJsonPrimitive() ? v.getAsString() : v.toString()).orElse("");
    if (value.isPresent() && !found.equals(expected)) {
      throw new ModelException(
          file
              + ": '"
              + key
              + "' is "
              + found
              + (expected.isEmpty()
                  ? "; models that set it cannot be read."
                  : "; only " + expected + " can be read."));
    }
  }

  private JsonArray array(String key) {
    JsonElement value = need(key);
    if (!value.isJsonArray()) {
      throw new ModelException(file + ": '" + key + "' is not a list.");
    }
    return value.getAsJsonArray();
  }

  private Number number(String key, JsonElement value) {
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw new ModelException(file + ": '" + key + "' is not a number.");
    }
    return value.getAsNumber();
  }
}
