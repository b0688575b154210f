package dev.lora4j.studio.library;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an adapter is from, as the program that fetched it has put beside it. Texts that it does
 * not say are empty.
 *
 * @param source as the command {@code pull} takes it
 * @param page for people
 * @param revision commit or version
 * @param triggers words of prompts that the adapter reacts to
 */
record Origin(
    String title,
    String author,
    String license,
    String base,
    String source,
    String page,
    String revision,
    List<String> triggers) {
  static final Origin NONE = new Origin("", "", "", "", "", "", "", List.of());

  /** Entry of the note {@code NAME.json} that {@code pull} writes. */
  private static final String OWN = "lora4j";

  private static final int MOST = 20;
  private static final int LINE = 200;

  /** Copies the list. */
  Origin {
    triggers = List.copyOf(triggers);
  }

  /** What {@code pull} has noted in {@code NAME.json}; none if it did not write the file. */
  static Origin ofNote(JsonObject json) {
    if (!(json.get(OWN) instanceof JsonObject own)) {
      return NONE;
    }
    return new Origin(
        text(own.get("title")),
        text(own.get("author")),
        text(own.get("licence")),
        text(own.get("base_model")),
        text(own.get("source")),
        text(own.get("page")),
        text(own.get("revision")),
        words(own.get("trigger_words")));
  }

  /** What {@code NAME.civitai.info} says, which programs that download from Civitai write. */
  static Origin ofCivitai(JsonObject json) {
    JsonElement model = json.get("model");
    String title = model instanceof JsonObject one ? text(one.get("name")) : "";
    String id = text(json.get("modelId"));
    String version = text(json.get("id"));
    String page =
        id.matches("\\d{1,15}")
            ? "https://civitai.com/models/"
                + id
                + (version.matches("\\d{1,15}") ? "?modelVersionId=" + version : "")
            : "";
    return new Origin(title, "", "", "", page, page, "", words(json.get("trainedWords")));
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
