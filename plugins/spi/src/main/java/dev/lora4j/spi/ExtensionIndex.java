package dev.lora4j.spi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list of extensions in a jar, {@value #PATH}, which the annotation processor writes when the
 * jar is built: {@code {"extensions": [{"point", "name", "class", "help", "experimental", "kinds",
 * "settings": [{"name", "kind", "help", "default", "least", "above", "most", "below",
 * "choices"}]}]}}.
 */
public final class ExtensionIndex {
  /** Path of the index in a jar. */
  public static final String PATH = "META-INF/lora4j/extensions.json";

  private ExtensionIndex() {}

  /**
   * Reads an index.
   *
   * @throws ExtensionException if it is none
   */
  public static List<ExtensionInfo> read(InputStream in) throws IOException {
    try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      List<ExtensionInfo> all = new ArrayList<>();
      JsonObject root = JsonParser.parseReader(reader).getAsJsonObject();
      for (JsonElement one : root.getAsJsonArray("extensions")) {
        all.add(extension(one.getAsJsonObject()));
      }
      return all;
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException
        | UnsupportedOperationException
        | ClassCastException e) {
      // All that gson throws where the form is another one.
      throw new ExtensionException(
          PATH + " cannot be read (" + e.getMessage() + "); build the jar again.", e);
    }
  }

  private static ExtensionInfo extension(JsonObject json) {
    List<SettingInfo> settings = new ArrayList<>();
    for (JsonElement one : json.getAsJsonArray("settings")) {
      settings.add(setting(one.getAsJsonObject()));
    }
    List<String> kinds = strings(json, "kinds");
    return new ExtensionInfo(
        json.get("point").getAsString(),
        json.get("name").getAsString(),
        json.get("class").getAsString(),
        json.get("help").getAsString(),
        json.has("experimental") && json.get("experimental").getAsBoolean(),
        kinds,
        settings);
  }

  private static SettingInfo setting(JsonObject json) {
    SettingInfo info =
        new SettingInfo(
            json.get("name").getAsString(),
            SettingKind.valueOf(json.get("kind").getAsString().toUpperCase(java.util.Locale.ROOT)),
            json.get("help").getAsString(),
            Optional.ofNullable(json.get("default")).map(JsonElement::getAsString),
            new SettingRange(
                number(json, "least", Double.NEGATIVE_INFINITY),
                number(json, "above", Double.NEGATIVE_INFINITY),
                number(json, "most", Double.POSITIVE_INFINITY),
                number(json, "below", Double.POSITIVE_INFINITY)),
            strings(json, "choices"));
    info.defaultValue().ifPresent(info::require);
    return info;
  }

  private static List<String> strings(JsonObject json, String name) {
    List<String> all = new ArrayList<>();
    Optional.ofNullable(json.getAsJsonArray(name))
        .ifPresent(array -> array.forEach(one -> all.add(one.getAsString())));
    return all;
  }

  private static double number(JsonObject json, String name, double otherwise) {
    return json.has(name) ? json.get(name).getAsDouble() : otherwise;
  }

  /** The form of {@link #read}. */
  public static String text(List<ExtensionInfo> extensions) {
    JsonArray all = new JsonArray();
    for (ExtensionInfo info : extensions) {
      JsonObject json = new JsonObject();
      json.addProperty("point", info.point());
      json.addProperty("name", info.name());
      json.addProperty("class", info.type());
      json.addProperty("help", info.help());
      json.addProperty("experimental", info.experimental());
      if (!info.kinds().isEmpty()) {
        json.add("kinds", array(info.kinds()));
      }
      JsonArray settings = new JsonArray();
      info.settings().forEach(s -> settings.add(json(s)));
      json.add("settings", settings);
      all.add(json);
    }
    JsonObject root = new JsonObject();
    root.add("extensions", all);
    return root.toString();
  }

  private static JsonObject json(SettingInfo setting) {
    JsonObject json = new JsonObject();
    json.addProperty("name", setting.name());
    json.addProperty("kind", setting.kind().text());
    json.addProperty("help", setting.help());
    setting.defaultValue().ifPresent(text -> json.addProperty("default", text));
    bound(json, "least", setting.range().min());
    bound(json, "above", setting.range().above());
    bound(json, "most", setting.range().max());
    bound(json, "below", setting.range().below());
    if (!setting.choices().isEmpty()) {
      json.add("choices", array(setting.choices()));
    }
    return json;
  }

  private static void bound(JsonObject json, String name, double bound) {
    if (Double.isFinite(bound)) {
      json.addProperty(name, bound);
    }
  }

  private static JsonArray array(List<String> strings) {
    JsonArray array = new JsonArray();
    strings.forEach(array::add);
    return array;
  }
}
