package dev.lora4j.studio.library;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program that downloads from Civitai has put beside an adapter, {@code NAME.civitai.info}.
 *
 * @param title empty if it says none
 * @param source where it is from; empty if it does not say
 */
record CivitaiInfo(String title, List<String> triggers, String source) {
  static final CivitaiInfo NONE = new CivitaiInfo("", List.of(), "");

  private static final int MOST = 20;
  private static final int LINE = 200;

  /** Copies the list. */
  CivitaiInfo {
    triggers = List.copyOf(triggers);
  }

  static CivitaiInfo of(JsonObject json) {
    JsonElement model = json.get("model");
    String title = model instanceof JsonObject one ? text(one.get("name")) : "";
    String id = text(json.get("modelId"));
    String version = text(json.get("id"));
    String source =
        id.matches("\\d{1,15}")
            ? "https://civitai.com/models/"
                + id
                + (version.matches("\\d{1,15}") ? "?modelVersionId=" + version : "")
            : "";
    return new CivitaiInfo(title, words(json.get("trainedWords")), source);
  }

  private static List<String> words(@Nullable JsonElement found) {
    List<String> words = new ArrayList<>();
    if (found instanceof JsonArray all) {
      for (JsonElement one : all) {
        String word = text(one);
        if (!word.isEmpty() && words.size() < MOST) {
          words.add(word);
        }
      }
    }
    return words;
  }

  private static String text(@Nullable JsonElement found) {
    return found instanceof JsonPrimitive one ? ForeignText.cut(one.getAsString(), LINE) : "";
  }
}
